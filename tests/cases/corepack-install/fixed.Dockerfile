FROM node:20-slim
WORKDIR /app
COPY package.json ./
RUN corepack enable
RUN corepack install
COPY pnpm-lock.yaml ./
RUN pnpm install --frozen-lockfile
COPY . .
RUN pnpm run build
