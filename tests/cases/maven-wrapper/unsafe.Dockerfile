FROM eclipse-temurin:21 AS build
WORKDIR /src
COPY mvnw pom.xml ./
COPY .mvn .mvn/
COPY ci/settings.xml ci/
RUN ./mvnw dependency:go-offline -B -Pprod -s ci/settings.xml
COPY . .
RUN ./mvnw -B -Pprod package -DskipTests -s ci/settings.xml

FROM eclipse-temurin:21-jre
COPY --from=build /src/target/*.jar /app.jar
ENTRYPOINT ["java", "-jar", "/app.jar"]
