FROM oven/bun:1
WORKDIR /app
COPY bun.lock bunfig.toml package.json ./
RUN bun install --frozen-lockfile --ignore-scripts
COPY . .
RUN bun install --frozen-lockfile
