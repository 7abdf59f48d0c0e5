FROM haskell:9.6
WORKDIR /app
RUN cabal update
COPY clock.cabal ./
RUN cabal build exe:clock --only-dependencies
COPY . .
RUN cabal build exe:clock
