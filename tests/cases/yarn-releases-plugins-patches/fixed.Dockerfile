FROM node:22-slim
WORKDIR /app
COPY .yarnrc.yml package.json yarn.lock ./
COPY .yarn/patches/a-npm-1.0.0.patch .yarn/patches/
COPY .yarn/plugins/tools.cjs .yarn/plugins/
COPY .yarn/releases/yarn-4.5.0.cjs .yarn/releases/
COPY lib/package.json lib/
COPY packages/ui/package.json packages/ui/
RUN yarn install --immutable
COPY . .
RUN yarn build
