FROM debian:12
WORKDIR /app
COPY docker/packages.sh docker/
RUN ./docker/packages.sh
COPY . .
CMD ["./run.sh"]
