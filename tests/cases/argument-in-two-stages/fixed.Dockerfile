FROM node:20 AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
ARG REVISION
RUN npm run build

FROM debian:12-slim
RUN apt-get update && apt-get install -y --no-install-recommends nginx && rm -rf /var/lib/apt/lists/*
COPY --from=build /app/dist /usr/share/nginx/html
ARG REVISION
ENV REVISION=$REVISION
CMD ["nginx", "-g", "daemon off;"]
