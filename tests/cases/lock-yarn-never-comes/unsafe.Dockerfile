FROM node:18-alpine
# the bot runs as the user of the image
WORKDIR /home/node/bot
RUN chown node:node .
COPY --chown=node:node package.json ./
COPY --chown=node:node yarn.lock ./
USER node
RUN yarn install --production
COPY --chown=node:node bot bot
CMD ["node", "bot/index.js"]
