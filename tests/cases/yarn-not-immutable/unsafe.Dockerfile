FROM node:22-slim
WORKDIR /app
RUN corepack enable
COPY .yarnrc.yml package.json yarn.lock ./
RUN yarn install
COPY . .
