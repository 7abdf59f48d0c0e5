# syntax=docker/dockerfile:1
FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt ./
RUN <<EOF
set -e
pip install -r requirements.txt
EOF
COPY . .
RUN <<EOF
set -e
python -m compileall .
EOF
