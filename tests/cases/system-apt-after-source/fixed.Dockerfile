FROM debian:12-slim

WORKDIR /app

# tools that the scripts call
RUN apt-get update \
    && apt-get install -y --no-install-recommends jq curl \
    && rm -rf /var/lib/apt/lists/*

# the scripts of the service
COPY . .

CMD ["./serve.sh"]
