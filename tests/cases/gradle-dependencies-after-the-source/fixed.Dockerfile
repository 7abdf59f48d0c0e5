FROM gradle:8.9-jdk21 AS build
WORKDIR /src
COPY build.gradle gradle.properties settings.gradle ./
COPY api/build.gradle api/
COPY core/build.gradle core/
COPY gradle gradle/
RUN gradle dependencies --no-daemon
COPY . .
RUN gradle build --no-daemon

FROM eclipse-temurin:21-jre
COPY --from=build /src/build/libs/shop.jar /shop.jar
ENTRYPOINT ["java", "-jar", "/shop.jar"]
