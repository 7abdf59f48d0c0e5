FROM elixir:1.16-slim AS build
WORKDIR /app
RUN mix local.hex --force && mix local.rebar --force
COPY mix.exs mix.lock ./
RUN MIX_ENV=prod mix deps.get --only prod
COPY config/config.exs config/prod.exs config/
RUN MIX_ENV=prod mix deps.compile
COPY . .
RUN MIX_ENV=prod mix release

FROM debian:12-slim
COPY --from=build /app/_build/prod/rel/shop /opt/shop
CMD ["/opt/shop/bin/shop", "start"]
