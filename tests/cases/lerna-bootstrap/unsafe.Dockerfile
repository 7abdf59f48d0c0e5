FROM node:16
WORKDIR /app
COPY lerna.json package-lock.json package.json ./
COPY packages/a/package-lock.json packages/a/package.json packages/a/
COPY packages/b/package.json packages/b/
RUN npx lerna bootstrap
COPY . .
RUN npx lerna run build
