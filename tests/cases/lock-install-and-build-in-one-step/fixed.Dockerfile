FROM node:20
WORKDIR /app
COPY package.json ./
RUN yarn install
COPY build.js ./
RUN yarn build
