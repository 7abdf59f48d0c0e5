FROM node:20
WORKDIR /app

# the manager
RUN npm install -g pnpm@9

# what to install
COPY package.json pnpm-lock.yaml ./

RUN pnpm install --frozen-lockfile
COPY . .
