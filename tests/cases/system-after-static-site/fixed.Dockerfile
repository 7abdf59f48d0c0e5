FROM node:20 AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build

FROM nginx:1.27
RUN apt-get update && apt-get install -y brotli
COPY --from=build /app/dist /srv/www
