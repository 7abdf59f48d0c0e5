FROM python:3.12-slim
COPY --from=ghcr.io/astral-sh/uv:0.9 /uv /uvx /bin/
WORKDIR /app
COPY pyproject.toml ./
RUN uv pip install --system -r pyproject.toml --extra web
COPY . .
RUN uv pip install --system --no-deps -e .
