FROM golang:1.22
WORKDIR /src
COPY go.mod go.sum ./
COPY c/go.mod c/
RUN go mod download
COPY . .
RUN go build -o /app .
