FROM golang:1.22
WORKDIR /src
COPY go.mod go.sum ./
RUN go install github.com/swaggo/swag/cmd/swag
COPY . .
RUN swag init
