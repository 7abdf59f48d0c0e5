FROM golang:1.22 AS build
WORKDIR /src
COPY . .
RUN go build -mod=vendor -o /out/a .

FROM redhat/ubi9-minimal
RUN microdnf install -y tzdata && microdnf clean all
COPY --from=build /out/a /srv/a
