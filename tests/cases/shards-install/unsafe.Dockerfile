FROM crystallang/crystal:1.13
WORKDIR /app
COPY shard.lock shard.yml ./
RUN shards install --frozen
COPY . .
RUN crystal build --release src/a.cr
