FROM node:20
USER node
COPY package-lock.json package.json /home/node/app/
WORKDIR /home/node/app
RUN npm ci
COPY . /home/node/app
