FROM node:20
WORKDIR /app

COPY package-lock.json package.json ./
RUN npm ci
COPY . .
# No cache of the host
RUN rm -rf .turbo tmp/x
RUN npm run build
