FROM node:22-slim
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm pkg delete dependencies.ms
COPY package-lock.json package.json ./
RUN npm ci
COPY . .
CMD ["node", "send.js"]
