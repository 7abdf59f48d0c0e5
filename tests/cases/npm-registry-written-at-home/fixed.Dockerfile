FROM node:20
WORKDIR /app
COPY package-lock.json package.json ./
RUN echo "registry=https://registry.example.org/" > ~/.npmrc
RUN npm ci
COPY . .
