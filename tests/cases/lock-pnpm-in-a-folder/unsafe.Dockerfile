FROM node:22-slim AS frontend
RUN npm install -g pnpm@9
WORKDIR /src/frontend
COPY frontend/package.json ./
COPY frontend/pnpm-lock.yaml ./
RUN pnpm install
COPY frontend/ ./
RUN pnpm run build

FROM nginx:1.27
COPY --from=frontend /src/frontend/dist /usr/share/nginx/html
