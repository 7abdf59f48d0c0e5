FROM golang:1.22
WORKDIR /src
COPY go.mod go.sum ./
COPY vendor vendor/
RUN go install github.com/pkg/errors
COPY . .
RUN go install ./...
