FROM node:20
USER node
COPY --chown=node:node package-lock.json package.json /home/node/app/
WORKDIR /home/node/app
RUN npm ci
COPY --chown=node:node . /home/node/app
