FROM swift:5.9
WORKDIR /app
COPY Package.resolved Package.swift ./
COPY Packages/Hands/Package.swift Packages/Hands/
RUN swift package resolve
COPY . .
RUN swift build
