FROM node:20
WORKDIR /app
COPY --chown=node:node package.json package-lock.json ./
COPY --chown=node:node packages/b/package.json packages/b/
COPY --chown=node:node packages/c/package.json packages/c/
RUN npm ci
COPY --chown=node:node . .
