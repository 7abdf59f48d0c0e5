FROM elixir:1.16
WORKDIR /app
RUN mix local.hex --force && mix local.rebar --force
COPY mix.exs mix.lock ./
RUN mix do deps.get, deps.compile
COPY . .
RUN rm -rf frontend
CMD ["mix", "run"]
