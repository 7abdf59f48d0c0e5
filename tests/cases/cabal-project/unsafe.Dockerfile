FROM haskell:9.6
WORKDIR /app
RUN cabal update
COPY cabal.project cabal.project.freeze ./
COPY app/clock.cabal app/
COPY libs/hands/hands.cabal libs/hands/
RUN cabal build --only-dependencies all
COPY . .
RUN cabal build all
