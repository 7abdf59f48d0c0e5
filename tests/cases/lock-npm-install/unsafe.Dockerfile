FROM node:20-alpine
WORKDIR /app
COPY package.json ./
COPY package-lock.json ./
RUN npm install --omit=dev
COPY . .
CMD ["node", "server.js"]
