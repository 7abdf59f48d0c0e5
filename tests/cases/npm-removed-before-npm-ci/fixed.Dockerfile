FROM node:20
WORKDIR /app
COPY package-lock.json package.json ./
RUN rm -rf node_modules && npm ci
COPY . .
RUN npm run build
