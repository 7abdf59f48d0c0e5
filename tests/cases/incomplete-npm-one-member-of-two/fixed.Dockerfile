FROM node:20
WORKDIR /app

# what to install
COPY package.json package-lock.json ./
COPY packages/b/package.json packages/b/
COPY packages/c/package.json packages/c/

RUN npm ci
COPY . .
