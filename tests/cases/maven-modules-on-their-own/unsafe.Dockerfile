FROM maven:3.9-eclipse-temurin-21 AS build
WORKDIR /src
COPY pom.xml ./
COPY api/pom.xml api/
COPY jobs/pom.xml jobs/
RUN mvn dependency:go-offline -B -pl api -am
COPY . .
RUN mvn -B -pl api -am package

FROM eclipse-temurin:21-jre
COPY --from=build /src/api/target/*.jar /app.jar
