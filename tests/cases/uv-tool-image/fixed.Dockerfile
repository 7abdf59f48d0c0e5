FROM python:3.12-slim
COPY --from=ghcr.io/astral-sh/uv:0.9 /uv /uvx /bin/
WORKDIR /work
RUN uv tool install ruff
COPY . .
ENTRYPOINT ["ruff"]
