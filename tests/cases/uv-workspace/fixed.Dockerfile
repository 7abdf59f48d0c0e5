FROM ghcr.io/astral-sh/uv:python3.12-bookworm-slim
WORKDIR /app
COPY pyproject.toml uv.lock ./
COPY packages/face/pyproject.toml packages/face/
RUN uv sync --locked --no-install-workspace
COPY . .
RUN uv sync --locked
