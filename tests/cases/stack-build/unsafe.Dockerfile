FROM haskell:9.6
WORKDIR /app
COPY clock.cabal stack.yaml ./
COPY vendor/hands vendor/hands/
RUN stack build --system-ghc --only-dependencies
COPY . .
RUN stack build --system-ghc
