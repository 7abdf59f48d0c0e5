FROM python:3.12-slim
ENV POETRY_VIRTUALENVS_IN_PROJECT=true
RUN pipx install poetry
WORKDIR /app
COPY poetry.lock poetry.toml pyproject.toml ./
RUN poetry install --no-root --without dev
COPY . .
CMD [".venv/bin/python", "-m", "clock"]
