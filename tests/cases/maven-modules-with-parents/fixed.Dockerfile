FROM maven:3.9-eclipse-temurin-21 AS build
WORKDIR /src
COPY pom.xml ./
COPY api/pom.xml api/
COPY api/client/pom.xml api/client/
COPY core/pom.xml core/
RUN mvn -B dependency:resolve
COPY . .
RUN mvn -B verify

FROM eclipse-temurin:21-jre
COPY --from=build /src/api/target/*.jar /app.jar
