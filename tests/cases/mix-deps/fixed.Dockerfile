FROM elixir:1.16
ENV MIX_ENV=prod
WORKDIR /app
COPY mix.exs mix.lock ./
COPY config/config.exs config/prod.exs config/
RUN mix local.hex --force && mix local.rebar --force
RUN mix deps.get --only prod
RUN mix deps.compile
COPY . .
RUN mix release
