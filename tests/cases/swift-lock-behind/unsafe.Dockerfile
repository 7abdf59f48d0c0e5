FROM swift:5.9
WORKDIR /app
COPY Package.resolved Package.swift ./
RUN swift package resolve
COPY . .
RUN swift build
