FROM node:20 AS deps
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci

FROM node:20
WORKDIR /app
COPY package-lock.json package.json ./
COPY --from=deps /app/node_modules ./node_modules
RUN npm ci
COPY . .
