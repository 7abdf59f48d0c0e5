FROM rust:1.80 AS chef
RUN cargo install cargo-chef --locked
WORKDIR /app

FROM chef AS planner
COPY . .
RUN cargo chef prepare

FROM chef
COPY --from=planner /app/recipe.json ./
RUN cargo chef cook --release
COPY . .
RUN cargo build --release
