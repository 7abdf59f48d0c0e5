# syntax=docker/dockerfile:1.7
FROM debian:12-slim
RUN <<EOF
apt-get update
apt-get install -y curl
EOF
COPY app.sh /usr/local/bin/
ARG COMMIT
COPY <<EOF /etc/motd
Built from $COMMIT
EOF
CMD ["app.sh"]
