FROM golang:1.22 AS build
WORKDIR /src
COPY . .
RUN go build -mod=vendor -o /out/a .

FROM scratch AS files
COPY --from=build /out/a /rootfs/a

FROM debian:12
RUN apt-get update && apt-get install -y jq
COPY --from=files /rootfs /opt/a
