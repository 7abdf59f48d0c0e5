FROM archlinux:base
WORKDIR /app
RUN pacman -Sy --noconfirm jq
COPY . .
