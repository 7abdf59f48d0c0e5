# syntax=docker/dockerfile:1
FROM python:3.12-slim
WORKDIR /app
COPY --link requirements.txt ./
RUN pip install -r requirements.txt
COPY --link . .
