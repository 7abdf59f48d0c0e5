# syntax=docker/dockerfile:1
FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt .
RUN --mount=type=cache,target=/root/.cache/pip <<'EOT'
set -eux
pip install --upgrade pip
pip install -r requirements.txt
EOT
COPY src src
COPY tools tools
RUN --mount=type=cache,target=/root/.cache/pip <<'EOT'
set -eux

# the program
python tools/build.py
EOT
