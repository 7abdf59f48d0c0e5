FROM golang:1.22 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -o /clock .

FROM scratch
COPY --from=build /clock /clock
ENTRYPOINT ["/clock"]
