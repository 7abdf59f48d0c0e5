FROM node:22-slim AS build
WORKDIR /repo
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build

FROM node:22-slim
WORKDIR /app
COPY --from=build /repo/package.json /repo/package-lock.json ./
RUN npm ci --omit=dev
COPY --from=build /repo/dist ./dist
USER node
CMD ["node", "dist/send.js"]
