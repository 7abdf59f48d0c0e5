FROM python:3.12-slim
RUN pip install poetry
WORKDIR /srv
COPY api/poetry.lock api/pyproject.toml api/
RUN cd api && poetry install --only main --no-root
COPY . .
RUN cd api && poetry install --only main
WORKDIR /srv/api
