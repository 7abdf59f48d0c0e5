FROM debian:12
WORKDIR /app
RUN apt-get update && apt-get install -y jq
COPY . .
RUN rm -rf frontend
CMD ["./run.sh"]
