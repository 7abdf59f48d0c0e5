FROM example.org/vcpkg:2024.08
WORKDIR /src
COPY cpp/vcpkg.json cpp/
RUN vcpkg install --x-manifest-root=cpp --triplet x64-linux
COPY . .
