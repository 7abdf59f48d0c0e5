FROM node:22-slim
WORKDIR /app
COPY package-lock.json package.json ./
COPY dates/package.json dates/
RUN npm ci
COPY . .
CMD ["node", "server.js"]
