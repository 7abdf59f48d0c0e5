FROM clojure:lein AS build
WORKDIR /src
COPY profiles.clj project.clj ./
RUN lein deps
COPY . .
RUN lein uberjar

FROM eclipse-temurin:21-jre
COPY --from=build /src/target/app.jar /app.jar
