FROM node:22-slim
WORKDIR /app
COPY .npmrc package-lock.json package.json ./
COPY dates dates/
RUN npm ci
COPY . .
CMD ["node", "server.js"]
