FROM sbtscala/scala-sbt:eclipse-temurin-21_1.10.0_2.13.14 AS build
WORKDIR /src
COPY build.sbt ./
COPY core/build.sbt core/
COPY project project/
RUN sbt update
COPY . .
RUN sbt "core/assembly"

FROM eclipse-temurin:21-jre
COPY --from=build /src/target/app.jar /app.jar
