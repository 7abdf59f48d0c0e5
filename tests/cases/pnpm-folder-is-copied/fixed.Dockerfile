FROM node:22-slim
WORKDIR /app
RUN corepack enable
COPY package.json pnpm-lock.yaml ./
COPY dates dates/
RUN pnpm install --frozen-lockfile
COPY . .
CMD ["node", "server.js"]
