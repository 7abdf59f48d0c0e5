FROM node:20-slim
WORKDIR /app/web
COPY .corepack.env package.json pnpm-lock.yaml /app/
COPY web/package.json /app/web/
RUN corepack enable && corepack prepare --activate && cd /app && pnpm install --frozen-lockfile
COPY . /app/
RUN cd /app && pnpm run build
