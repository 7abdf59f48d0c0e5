FROM haskell:9.6
WORKDIR /feed
COPY stack.yaml stack.yaml.lock ./
RUN stack setup
COPY feed.cabal ./
RUN stack build --copy-bins --only-dependencies
COPY . .
RUN stack build --copy-bins
