FROM maven:3.9-eclipse-temurin-21
WORKDIR /app
COPY pom.xml pom.xml
RUN mvn dependency:go-offline
COPY src src
COPY conf conf
RUN mvn package
