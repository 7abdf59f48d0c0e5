#!/bin/sh
curl -fsSL -o vcpkg/vcpkg https://example.org/vcpkg-tool && chmod +x vcpkg/vcpkg
