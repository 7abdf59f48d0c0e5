FROM python:3.12-slim
COPY --from=ghcr.io/astral-sh/uv:0.9 /uv /uvx /bin/
WORKDIR /app
COPY pyproject.toml uv.lock ./
COPY packages/face packages/face/
RUN uv sync --locked --no-install-project
COPY . .
RUN uv sync --locked
