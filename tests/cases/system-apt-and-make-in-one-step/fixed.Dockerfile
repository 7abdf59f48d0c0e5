FROM debian:12
WORKDIR /src
RUN apt-get update && apt-get install -y --no-install-recommends gcc make
COPY . .
# the program itself
RUN make install
