FROM erlang:27
WORKDIR /src
COPY rebar.config ./
RUN rebar3 get-deps
COPY . .
RUN rebar3 escriptize
