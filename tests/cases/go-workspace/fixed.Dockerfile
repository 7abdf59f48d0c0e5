FROM golang:1.22
WORKDIR /src
COPY go.work ./
COPY cmd/go.mod cmd/go.sum cmd/
COPY lib/go.mod lib/
RUN go mod download
COPY . .
RUN go build -o /bin/ ./cmd/...
