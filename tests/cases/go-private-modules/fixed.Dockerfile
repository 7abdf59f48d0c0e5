# syntax=docker/dockerfile:1
FROM golang:1.22
ENV GOPRIVATE=example.org/*
WORKDIR /src
RUN git config --global url."git@example.org:".insteadOf "https://example.org/"
COPY go.mod go.sum ./
RUN --mount=type=ssh go mod download
COPY . .
RUN --mount=type=ssh go build -o /clock .
