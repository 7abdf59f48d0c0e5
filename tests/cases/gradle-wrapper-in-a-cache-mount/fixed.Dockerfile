# syntax=docker/dockerfile:1
FROM eclipse-temurin:21 AS build
WORKDIR /src
COPY gradlew ./
COPY gradle/wrapper/gradle-wrapper.jar gradle/wrapper/gradle-wrapper.properties gradle/wrapper/
RUN --mount=type=cache,target=/root/.gradle ./gradlew --version
COPY . .
RUN --mount=type=cache,target=/root/.gradle ./gradlew bootJar --no-daemon
