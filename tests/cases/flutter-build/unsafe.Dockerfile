FROM example.org/flutter:3
WORKDIR /app
COPY pubspec.lock pubspec.yaml ./
RUN flutter pub get
COPY . .
RUN flutter build web
