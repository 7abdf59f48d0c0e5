FROM node:20
WORKDIR /app
COPY package-lock.json package.json ./
COPY scripts/check.js scripts/versions.js scripts/
RUN npm ci
COPY . .
