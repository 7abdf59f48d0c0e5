from conan import ConanFile
