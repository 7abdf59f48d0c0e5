FROM dart:3.4
WORKDIR /app
COPY pubspec.yaml pubspec.lock ./
RUN dart pub get
COPY bin bin
COPY lib lib
RUN dart compile exe bin/feed.dart -o /feed
