FROM node:22-slim
WORKDIR /app
COPY package-lock.json package.json ./
RUN npm ci
COPY . .
RUN rm -rf old
