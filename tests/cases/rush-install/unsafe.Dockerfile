FROM node:20
WORKDIR /app
COPY rush.json ./
COPY apps/a/package.json apps/a/
COPY common/config common/config/
COPY common/scripts common/scripts/
COPY libs/b/package.json libs/b/
RUN node common/scripts/install-run-rush.js install
COPY . .
RUN node common/scripts/install-run-rush.js build
