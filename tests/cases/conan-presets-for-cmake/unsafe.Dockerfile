FROM example.org/conan:2
WORKDIR /src
COPY conanfile.txt ./
RUN conan install . --output-folder=build --build=missing
COPY . .
RUN cmake --preset conan-release && cmake --build --preset conan-release
