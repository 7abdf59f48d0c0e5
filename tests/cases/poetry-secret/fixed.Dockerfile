FROM python:3.12-slim
RUN pip install poetry
WORKDIR /app
COPY poetry.lock pyproject.toml ./
RUN --mount=type=secret,id=token,env=POETRY_HTTP_BASIC_OURS_PASSWORD poetry install --sync --no-root
COPY . .
RUN --mount=type=secret,id=token,env=POETRY_HTTP_BASIC_OURS_PASSWORD poetry install --sync
