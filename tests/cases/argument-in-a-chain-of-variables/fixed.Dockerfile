FROM node:20
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
ARG COMMIT
ARG DATE
ENV RELEASE=$COMMIT-$DATE
ENV RELEASE_NAME="shop $RELEASE"
RUN echo "$RELEASE_NAME" > release.txt
RUN npm run build
