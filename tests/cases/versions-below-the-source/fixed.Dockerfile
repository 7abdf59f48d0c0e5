FROM debian:12
WORKDIR /app
RUN nvm install 20
COPY . .
CMD ["cat", "app.txt"]
