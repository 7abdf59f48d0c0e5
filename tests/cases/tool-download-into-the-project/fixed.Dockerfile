FROM debian:12
WORKDIR /app
RUN wget -q https://example.org/model-1.2.bin
COPY . .
