FROM alpine:3.20
ENV LANG=C.UTF-8
ENV TZ=UTC
RUN apk add --no-cache tzdata ca-certificates
COPY src/ /srv/src/
USER nobody
CMD ["/srv/src/run"]
