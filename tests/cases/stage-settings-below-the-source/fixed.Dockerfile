FROM node:20-slim AS base-setup

FROM base-setup AS base
COPY --chown=node:node . /home/node/app
# here it runs
WORKDIR /home/node/app
ENV LEVEL=info
EXPOSE 8080
LABEL team="web"
USER node

FROM base-setup AS test
COPY --chown=node:node package-lock.json package.json /home/node/app/
WORKDIR /home/node/app
ENV LEVEL=info
EXPOSE 8080
LABEL team="web"
USER node
RUN npm ci
COPY --chown=node:node . /home/node/app
RUN npm test

FROM base
COPY --from=test /home/node/app/server.js /check/
