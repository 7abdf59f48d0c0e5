FROM python:3.12-slim
RUN rm -f /etc/apt/apt.conf.d/docker-clean
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked \
    --mount=type=cache,target=/var/lib/apt,sharing=locked \
    apt-get update && \
    apt-get install -y libpq5 && \
    rm -rf /var/tmp/*
WORKDIR /app
COPY requirements.txt ./
RUN --mount=type=cache,target=/root/.cache \
    pip install \
        -r requirements.txt
COPY . .
