FROM golang:1.22 AS build
WORKDIR /src
COPY . .
RUN go build -mod=vendor -o /usr/local/bin/a .

FROM alpine:3.20
RUN apk add --no-cache tzdata
COPY --from=build /usr/local/bin/a /usr/local/bin/a
