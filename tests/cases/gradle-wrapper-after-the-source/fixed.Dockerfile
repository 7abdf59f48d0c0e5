FROM eclipse-temurin:21 AS build
WORKDIR /src
COPY gradle.properties gradlew ./
COPY gradle/wrapper/gradle-wrapper.jar gradle/wrapper/gradle-wrapper.properties gradle/wrapper/
RUN ./gradlew --version
COPY . .
RUN --mount=type=cache,target=/root/.gradle/caches ./gradlew bootJar --no-daemon

FROM eclipse-temurin:21-jre
COPY --from=build /src/build/libs/shop.jar /shop.jar
ENTRYPOINT ["java", "-jar", "/shop.jar"]
