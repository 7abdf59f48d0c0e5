FROM node:20
WORKDIR /app
COPY package.json yarn.lock* ./
COPY package-lock.json ./
RUN if [ -f yarn.lock ]; then yarn install --frozen-lockfile; \
    elif [ -f package-lock.json ]; then npm ci; \
    else npm install; fi
COPY server.js ./
