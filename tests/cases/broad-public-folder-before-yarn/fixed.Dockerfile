FROM node:18-alpine AS build
WORKDIR /app
COPY package.json yarn.lock ./
RUN yarn install --frozen-lockfile
COPY public/ ./public/
COPY src/ ./src/
COPY package.json yarn.lock build.js ./
RUN yarn build

FROM nginx:1.27
COPY --from=build /app/public /usr/share/nginx/html
