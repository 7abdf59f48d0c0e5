FROM golang:1.22
WORKDIR /src
COPY go.mod go.sum ./
COPY b/go.mod b/
RUN go mod download
COPY . .
RUN go install github.com/me/b/cmd/b
