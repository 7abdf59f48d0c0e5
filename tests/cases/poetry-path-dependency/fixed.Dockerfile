FROM python:3.12-slim
ENV POETRY_VIRTUALENVS_CREATE=false
RUN pip install poetry==2.1.1
WORKDIR /app
COPY poetry.lock pyproject.toml ./
RUN poetry install --only main --no-root --no-directory
COPY . .
RUN poetry install --only main
