FROM golang:1.22 AS build
WORKDIR /src
COPY . .
RUN go install -mod=vendor ./...

FROM debian:12-slim
RUN apt-get update && apt-get install -y --no-install-recommends tini && rm -rf /var/lib/apt/lists/*
RUN useradd --system a
COPY --from=build /go/bin/a /opt/a/a
USER a
ENTRYPOINT ["tini", "/opt/a/a"]
