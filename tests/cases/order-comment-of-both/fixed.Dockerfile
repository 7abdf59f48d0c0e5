FROM node:20
WORKDIR /app
COPY package-lock.json package.json ./
# Install the packages and build
RUN npm ci
COPY . .
RUN npm run build
