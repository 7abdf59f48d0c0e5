FROM golang:1.22
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY internal internal
COPY go.mod go.sum main.go ./
RUN go build -o /feed .
