FROM golang:1.22 AS build
WORKDIR /src
COPY go.mod ./
COPY go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -o /feed .

FROM scratch
COPY --from=build /feed /feed
ENTRYPOINT ["/feed"]
