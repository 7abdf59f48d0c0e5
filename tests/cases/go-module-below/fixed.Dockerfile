FROM golang:1.22
WORKDIR /src
COPY service/go.mod service/go.sum service/
WORKDIR /src/service
RUN go mod download
WORKDIR /src
# all of it
COPY . .
WORKDIR /src/service
# the binary
RUN go build -o /service .
