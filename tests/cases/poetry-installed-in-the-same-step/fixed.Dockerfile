FROM python:3.12-slim
WORKDIR /app
# The environment of the image is the one of the application.
RUN pip install poetry \
    && poetry config virtualenvs.create false
COPY poetry.lock pyproject.toml ./
RUN poetry install --only main --no-interaction --no-root
COPY . .
RUN poetry install --only main --no-interaction
CMD ["python", "-m", "clock"]
