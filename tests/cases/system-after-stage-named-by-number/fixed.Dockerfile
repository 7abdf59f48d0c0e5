FROM golang:1.22
WORKDIR /src
COPY . .
RUN go build -mod=vendor -o /out/a .

FROM debian:12
RUN apt-get update && apt-get install -y jq
COPY --from=0 /out/a /srv/a
