FROM elixir:1.16-slim AS build
ENV MIX_ENV=prod
WORKDIR /app
RUN mix local.hex --force && mix local.rebar --force
COPY mix.exs mix.lock ./
RUN mix deps.get --only prod
COPY config/config.exs config/
COPY lib/banner.txt lib/
RUN mix deps.compile
COPY . .
RUN mix release

FROM debian:12-slim
COPY --from=build /app/_build/prod/rel/shop /opt/shop
CMD ["/opt/shop/bin/shop", "start"]
