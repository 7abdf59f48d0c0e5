FROM node:20 AS build
WORKDIR /app
COPY package-lock.json package.json ./
RUN npm ci && npm cache clean --force
COPY . .
RUN npm run build
CMD ["node", "server.js"]
