FROM example.org/conan:2
WORKDIR /app
COPY conanfile.txt ./
COPY profiles/linux profiles/
RUN conan install . -pr profiles/linux --build=missing
COPY . .
