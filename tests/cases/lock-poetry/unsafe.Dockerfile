FROM python:3.12-slim
RUN pip install poetry==2.1
WORKDIR /app
COPY pyproject.toml ./
COPY poetry.lock ./
RUN poetry install --no-root --only main
COPY clock clock
CMD ["poetry", "run", "python", "-m", "clock"]
