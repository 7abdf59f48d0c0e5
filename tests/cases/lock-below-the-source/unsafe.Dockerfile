FROM node:20
WORKDIR /app
COPY package.json ./
COPY package-lock.json ./
RUN npm install
COPY src src
CMD ["node", "src/server.js"]
