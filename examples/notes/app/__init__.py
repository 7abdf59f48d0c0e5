"""A tiny notes service; only here to be built."""
