FROM sbtscala/scala-sbt:eclipse-temurin-21_1.10.0_2.13.14 AS build
WORKDIR /src
COPY build.sbt ./
COPY project project/
RUN sbt update -batch
COPY . .
RUN sbt -batch assembly

FROM eclipse-temurin:21-jre
COPY --from=build /src/target/app.jar /app.jar
