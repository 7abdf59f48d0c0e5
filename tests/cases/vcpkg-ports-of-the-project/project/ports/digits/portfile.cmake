set(VCPKG_BUILD_TYPE release)
