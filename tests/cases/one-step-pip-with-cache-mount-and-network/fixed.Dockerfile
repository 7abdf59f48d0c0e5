# syntax=docker/dockerfile:1
FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt .
RUN --mount=type=cache,target=/root/.cache/pip \
    --network=default \
    pip install -r requirements.txt
COPY src src
COPY tools tools
RUN --mount=type=cache,target=/root/.cache/pip \
    --network=default \
    python tools/build.py
