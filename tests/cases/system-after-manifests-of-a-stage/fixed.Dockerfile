FROM node:20 AS source
WORKDIR /app
COPY . .

FROM node:20
WORKDIR /app
RUN apt-get update && apt-get install -y jq
COPY --from=source /app/package.json /app/package-lock.json ./
RUN npm ci
COPY --from=source /app .
