FROM crystallang/crystal:1.12
WORKDIR /grip
COPY shard.yml shard.lock ./
RUN shards install --production
COPY views views
COPY src src
RUN crystal build --release src/grip.cr
