#!/bin/sh
set -e
COMMIT=$(git describe --always)
export COMMIT
docker buildx bake --push
