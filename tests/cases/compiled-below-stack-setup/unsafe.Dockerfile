FROM haskell:9.6
WORKDIR /feed
COPY stack.yaml stack.yaml.lock feed.cabal ./
RUN stack setup
RUN stack build --copy-bins --only-dependencies
COPY app app
RUN stack build --copy-bins
