FROM node:20
WORKDIR /app
COPY package.json ./
COPY yarn.lock ./
RUN yarn install
COPY build.js ./
RUN yarn build
