FROM node:20
WORKDIR /src
COPY web/package-lock.json web/package.json web/

# Packages
WORKDIR /src/web
RUN npm ci

WORKDIR /src
COPY . .

# Build
WORKDIR /src/web
RUN npm run build
