FROM node:22-slim
WORKDIR /app
COPY package.json yarn.lock ./
COPY packages/stamp/cli.js packages/stamp/package.json packages/stamp/
COPY packages/web/package.json packages/web/
RUN yarn install --frozen-lockfile
COPY . .
RUN yarn workspace web build
