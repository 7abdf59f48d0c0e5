FROM node:20 AS base-setup
WORKDIR /app

FROM base-setup AS base
COPY . .

FROM base-setup AS dev
COPY package-lock.json package.json ./
RUN npm ci
COPY . .
CMD ["node", "--watch", "server.js"]

FROM base-setup AS prod
COPY package-lock.json package.json ./
RUN npm ci --omit=dev
COPY . .
COPY --from=dev /app/server.js /check/server.js
