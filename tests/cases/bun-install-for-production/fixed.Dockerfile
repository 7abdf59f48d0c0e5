FROM oven/bun:1-slim
WORKDIR /app
COPY bun.lock bunfig.toml package.json ./
COPY lib lib/
COPY packages/api/package.json packages/api/
COPY patches/hono@4.0.0.patch patches/
RUN bun install --production
COPY . .
USER bun
CMD ["bun", "src/index.ts"]
