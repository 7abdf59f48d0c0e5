FROM python:3.12-slim
COPY --from=ghcr.io/astral-sh/uv:0.9 /uv /uvx /bin/
WORKDIR /app
COPY uv.toml ./
COPY requirements/base.txt requirements/constraints.txt requirements/prod.txt requirements/
ENV UV_SYSTEM_PYTHON=1
RUN uv venv /opt/venv && uv pip install -r requirements/prod.txt
COPY . .
