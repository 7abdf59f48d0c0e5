FROM node:22-slim
WORKDIR /app
COPY package-lock.json package.json ./
COPY packages/stamp/cli.js packages/stamp/package.json packages/stamp/
COPY packages/web/package.json packages/web/
RUN npm ci
COPY . .
RUN npm run build -w web
