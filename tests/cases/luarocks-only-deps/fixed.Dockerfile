FROM example.org/lua:5.4
WORKDIR /app
COPY clock-0.1-1.rockspec ./
RUN luarocks install --only-deps clock-0.1-1.rockspec
COPY . .
RUN lua clock.lua
