FROM node:22-slim
WORKDIR /app
COPY .yarnrc package.json yarn.lock ./
COPY .yarn/releases/yarn-1.22.22.cjs .yarn/releases/
COPY packages/api/package.json packages/api/
COPY packages/shared/package.json packages/shared/
COPY patches patches/
COPY tools/chart tools/chart/
COPY tools/report/package.json tools/report/
RUN yarn install --frozen-lockfile
COPY . .
RUN yarn build
