FROM golang:1.22
WORKDIR /src
COPY go.mod go.sum ./
COPY zone/go.mod zone/
RUN go mod download
COPY . .
RUN go build -o /clock .
