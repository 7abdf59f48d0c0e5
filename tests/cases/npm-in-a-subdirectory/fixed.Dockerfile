FROM node:20
COPY web/package-lock.json web/package.json /src/web/
RUN cd /src/web && npm ci
COPY . /src
RUN cd /src/web && npm run build
