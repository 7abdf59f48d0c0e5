FROM node:20
WORKDIR /app
COPY .npmrc package-lock.json package.json ./
RUN npm ci --omit=dev
COPY . .
