FROM clojure:tools-deps AS build
WORKDIR /src
COPY deps.edn ./
RUN clojure -P && clojure -P -T:build
COPY . .
RUN clojure -T:build uber

FROM eclipse-temurin:21-jre
COPY --from=build /src/target/app.jar /app.jar
