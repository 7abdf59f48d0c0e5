FROM node:20
WORKDIR /app

COPY package-lock.json package.json ./

# install and build
RUN set -eux \
    # the lock decides
 && npm ci \
        --no-audit

# source
COPY . .

# needs the source
RUN set -eux && npm run build \
 && rm -rf /tmp/*

CMD ["node", "server.js"]
