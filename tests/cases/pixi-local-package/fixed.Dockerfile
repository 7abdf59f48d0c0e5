FROM ghcr.io/prefix-dev/pixi:0.40.0
WORKDIR /app
COPY pixi.lock pixi.toml ./
COPY libs/face libs/face/
RUN pixi install --frozen
COPY . .
