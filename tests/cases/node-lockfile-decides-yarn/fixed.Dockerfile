FROM node:22-alpine AS base

FROM base AS builder
WORKDIR /app
COPY package.json yarn.lock ./
RUN \
  if [ -f yarn.lock ]; then yarn --frozen-lockfile; \
  elif [ -f package-lock.json ]; then npm ci; \
  elif [ -f pnpm-lock.yaml ]; then corepack enable pnpm && pnpm i --frozen-lockfile; \
  else echo "Lockfile not found." && exit 1; \
  fi
COPY . .
RUN npm run build

FROM base
WORKDIR /app
COPY --from=builder /app/dist ./dist
