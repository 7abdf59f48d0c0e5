FROM example.org/lua:5.4
WORKDIR /app
COPY clock-0.1-1.rockspec ./
RUN luarocks make --only-deps
COPY . .
RUN luarocks make
