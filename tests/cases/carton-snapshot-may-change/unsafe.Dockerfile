FROM perl:5.38
RUN cpanm --notest Carton
WORKDIR /app
COPY cpanfile cpanfile.snapshot ./
RUN carton install
COPY . .
CMD ["carton", "exec", "./app.pl", "daemon"]
