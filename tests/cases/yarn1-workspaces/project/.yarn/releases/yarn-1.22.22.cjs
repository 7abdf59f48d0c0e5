// a release
