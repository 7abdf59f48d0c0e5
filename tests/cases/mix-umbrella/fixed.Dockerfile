FROM elixir:1.16
ENV MIX_ENV=prod
WORKDIR /app
RUN mix local.hex --force && mix local.rebar --force
COPY mix.exs mix.lock ./
COPY apps/one/mix.exs apps/one/
COPY apps/two/mix.exs apps/two/
RUN mix deps.get
COPY . .
