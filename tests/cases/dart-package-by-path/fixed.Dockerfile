FROM dart:3.4
WORKDIR /app
COPY pubspec.lock pubspec.yaml ./
COPY packages/hands/pubspec.yaml packages/hands/
RUN dart pub get
COPY . .
