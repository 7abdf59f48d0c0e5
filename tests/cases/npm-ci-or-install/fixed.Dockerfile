FROM node:22-alpine
WORKDIR /app
COPY package-lock.json package.json ./
RUN npm ci --omit=dev || npm install --omit=dev
COPY . .
