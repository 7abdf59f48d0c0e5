FROM dart:3.4 AS build
WORKDIR /app
COPY pubspec.yaml ./
COPY pubspec.lock ./
RUN dart pub get
COPY . .
RUN dart compile exe bin/feed.dart -o /feed

FROM scratch
COPY --from=build /runtime/ /
COPY --from=build /feed /feed
ENTRYPOINT ["/feed"]
