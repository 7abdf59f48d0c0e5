FROM node:22-slim
WORKDIR /app
RUN npm install -g pnpm@10
COPY .npmrc .pnpmfile.cjs package.json pnpm-lock.yaml pnpm-workspace.yaml ./
COPY apps/web/package.json apps/web/
COPY packages/ui/package.json packages/ui/
COPY patches/turbo@2.0.1.patch patches/
RUN pnpm install --frozen-lockfile
COPY . .
