FROM elixir:1.16
ENV MIX_ENV=prod
WORKDIR /app
COPY mix.exs mix.lock ./
COPY config/config.exs config/prod.exs config/
RUN mix do local.hex --force, local.rebar --force, deps.get, deps.compile
COPY . .
