FROM python:3.12-slim
COPY --from=ghcr.io/astral-sh/uv:0.9 /uv /uvx /bin/
WORKDIR /app
COPY .python-version pyproject.toml uv.lock /app/
RUN uv sync --locked --no-dev --no-install-project
COPY . /app
RUN uv sync --locked --no-dev
ENV PATH="/app/.venv/bin:$PATH"
CMD ["python", "-m", "clock"]
