FROM perl:5.38
WORKDIR /app
COPY cpanfile cpanfile.snapshot ./
RUN carton install --deployment
COPY . .
