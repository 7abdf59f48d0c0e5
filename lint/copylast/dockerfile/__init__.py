"""What is written: the lossless reading of a Dockerfile and of the shell inside it."""
