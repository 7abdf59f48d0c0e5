FROM ghcr.io/prefix-dev/pixi:0.40.0
WORKDIR /app
COPY pixi.lock pixi.toml ./
RUN pixi install --locked
COPY . .
RUN pixi run --locked build
