FROM debian:12 AS base-setup
WORKDIR /app

FROM base-setup AS base
COPY . .

FROM base-setup
RUN apt-get update && apt-get install -y jq
COPY . .
CMD ["./run.sh"]
