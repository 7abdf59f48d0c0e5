FROM python:3.12-slim
RUN pip install poetry
WORKDIR /app
COPY pyproject.toml ./
RUN poetry install --no-root
COPY . .
RUN poetry install
