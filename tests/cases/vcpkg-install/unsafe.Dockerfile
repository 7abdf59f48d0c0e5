FROM example.org/vcpkg:1
WORKDIR /app
COPY vcpkg.json ./
RUN vcpkg install
COPY . .
