FROM golang:1.22 AS build
WORKDIR /src
COPY go.mod ./
RUN go mod download
COPY . .
RUN go build -o /api ./cmd/api

FROM gcr.io/distroless/base
COPY --from=build /api /api
ENTRYPOINT ["/api"]
