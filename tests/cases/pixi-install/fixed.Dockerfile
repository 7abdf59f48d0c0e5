FROM ghcr.io/prefix-dev/pixi:0.40.0
WORKDIR /app
COPY pixi.lock pixi.toml ./
RUN pixi install --locked -e default
COPY . .
RUN pixi shell-hook -e default -s bash > /shell-hook
