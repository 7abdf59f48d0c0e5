FROM python:3.12-slim
RUN pip install poetry
COPY poetry.lock pyproject.toml /srv/
WORKDIR /srv
RUN poetry install --no-root
COPY . /srv/
RUN poetry install
