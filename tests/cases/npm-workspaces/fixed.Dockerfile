FROM node:20
WORKDIR /repo
COPY package-lock.json package.json ./
COPY packages/core/package.json packages/core/
COPY packages/ui/package.json packages/ui/
RUN npm ci
COPY . .
RUN npm run build --workspaces --if-present
