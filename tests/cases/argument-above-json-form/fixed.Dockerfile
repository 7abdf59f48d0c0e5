FROM alpine:3.20
RUN ["apk", "add", "--no-cache", "curl"]
COPY app.sh /
ARG COMMIT
RUN ["/bin/sh", "-c", "echo $COMMIT > /commit"]
