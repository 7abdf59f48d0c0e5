FROM node:20
WORKDIR /app
COPY package-lock.json package.json ./
RUN mkdir -p /app/logs
RUN npm ci
COPY . .
