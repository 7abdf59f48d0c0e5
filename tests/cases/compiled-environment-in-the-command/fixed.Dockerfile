FROM elixir:1.16-slim
WORKDIR /app
RUN mix local.hex --force && mix local.rebar --force
COPY mix.exs mix.lock ./
RUN MIX_ENV=prod mix deps.get --only prod
COPY config/config.exs config/prod.exs config/
RUN MIX_ENV=prod mix deps.compile
COPY . .
RUN MIX_ENV=prod mix release
