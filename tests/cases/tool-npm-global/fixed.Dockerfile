FROM node:20-alpine
WORKDIR /site
RUN npm install -g serve@14
COPY public ./public
CMD ["serve", "public"]
