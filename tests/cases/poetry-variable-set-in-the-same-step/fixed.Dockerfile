FROM python:3.12-slim
RUN pip install poetry
WORKDIR /app
COPY poetry.lock pyproject.toml ./
RUN set -ex && export POETRY_VIRTUALENVS_CREATE=false && poetry install --only main --no-root
COPY . .
RUN set -ex && export POETRY_VIRTUALENVS_CREATE=false && poetry install --only main
