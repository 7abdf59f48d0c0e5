FROM rust:1.79 AS build
WORKDIR /tally
COPY Cargo.toml .
COPY Cargo.lock ./
RUN mkdir src && echo "fn main() {}" > src/main.rs
RUN cargo build --release
COPY src ./src
RUN touch src/main.rs && cargo build --release

FROM debian:12-slim
COPY --from=build /tally/target/release/tally /usr/local/bin/
CMD ["tally"]
