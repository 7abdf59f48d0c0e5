from conan import ConanFile
from conan.tools.cmake import CMake, cmake_layout


class Hands(ConanFile):
    name = "hands"
    version = "0.4"
    settings = "os", "compiler", "build_type", "arch"
    exports_sources = "CMakeLists.txt", "src/*"
    generators = "CMakeDeps", "CMakeToolchain"
    requires = "fmt/10.2.1"

    def layout(self):
        cmake_layout(self)

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()
