FROM erlang:26
WORKDIR /app
COPY rebar.config rebar.lock ./
RUN rebar3 get-deps
COPY . .
RUN rebar3 release
