FROM rust:1
WORKDIR /app
RUN cargo install cargo-chef --version 0.1.67
COPY Cargo.toml Cargo.lock ./
RUN cargo fetch --locked
COPY . .
