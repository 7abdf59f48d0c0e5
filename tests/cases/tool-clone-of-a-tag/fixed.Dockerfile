FROM debian:12
WORKDIR /app
RUN git clone --depth 1 -b v1.2.0 https://example.org/a/lib.git third_party/lib
COPY . .
RUN make
