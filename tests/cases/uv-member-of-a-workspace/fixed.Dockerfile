FROM ghcr.io/astral-sh/uv:python3.12-bookworm-slim
WORKDIR /app
COPY pyproject.toml uv.lock ./
COPY packages/face/pyproject.toml packages/face/
RUN uv --directory packages/face sync --locked --no-install-project
COPY . .
RUN uv --directory packages/face sync --locked
