FROM oven/bun:1
WORKDIR /app
COPY bun.lockb bunfig.toml package.json ./
COPY lib lib/
COPY packages/api/package.json packages/api/
COPY patches/hono@4.0.0.patch patches/
RUN bun install
COPY . .
