FROM node:20
WORKDIR /app
RUN apt-get update && apt-get install -y git
RUN npm install -g typescript@5
COPY . .
RUN tsc --build
