FROM node:20 AS assets
WORKDIR /w
COPY . .
RUN node build.js

FROM node:20
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY --from=assets /w/dist ./public
