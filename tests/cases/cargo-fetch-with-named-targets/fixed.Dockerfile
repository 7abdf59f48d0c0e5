FROM rust:1.80
WORKDIR /app
COPY Cargo.lock Cargo.toml rust-toolchain.toml ./
RUN cargo fetch --locked
COPY . .
RUN cargo build --release --offline
