FROM golang:1.22 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod tidy
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN go build -o /clock .

FROM gcr.io/distroless/static
COPY --from=build /clock /clock
ENTRYPOINT ["/clock"]
