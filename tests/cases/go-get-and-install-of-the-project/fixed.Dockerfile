FROM golang:1.22
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN go get ./...
RUN go install ./...
CMD ["clock"]
