FROM clojure:tools-deps AS build
WORKDIR /src
COPY deps.edn ./
COPY deep/deps.edn deep/
COPY lib/deps.edn lib/
RUN clojure -P -M:prod
COPY . .
RUN clojure -M:prod -m shop.build

FROM eclipse-temurin:21-jre
COPY --from=build /src/target/app.jar /app.jar
