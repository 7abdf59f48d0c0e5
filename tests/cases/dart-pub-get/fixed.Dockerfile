FROM dart:3.4
WORKDIR /app
COPY pubspec.lock pubspec.yaml ./
RUN dart pub get
COPY . .
RUN dart compile exe bin/clock.dart -o clock
