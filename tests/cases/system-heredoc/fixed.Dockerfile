# syntax=docker/dockerfile:1
FROM debian:12
WORKDIR /srv
RUN <<EOF
set -e
apt-get update
apt-get install -y git
EOF
COPY . .
CMD ["./run.sh"]
