FROM elixir:1.16-slim AS build
ENV MIX_ENV=prod
WORKDIR /app
RUN mix local.hex --force && mix local.rebar --force
COPY mix.exs mix.lock ./
COPY apps/web/mix.exs apps/web/
RUN mix deps.get --only prod
RUN mix deps.compile
COPY apps apps
RUN mix release web
