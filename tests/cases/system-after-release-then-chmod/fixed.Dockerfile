FROM golang:1.22 AS build
WORKDIR /src
COPY . .
RUN go build -mod=vendor -o /out/a .

FROM debian:12
RUN apt-get update && apt-get install -y jq
COPY --from=build /out/a /srv/a
RUN chmod 0755 /srv/a
