FROM node:22-slim
WORKDIR /app
COPY ./package.json ./package.json
COPY package-lock.json ./
RUN npm ci --omit=dev
COPY src src
USER node
CMD ["node", "src/server.js"]
