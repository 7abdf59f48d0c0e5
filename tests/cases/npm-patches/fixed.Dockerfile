FROM node:20
WORKDIR /app
COPY package-lock.json package.json ./
COPY patches patches/
RUN npm ci
COPY . .
