FROM debian:12
RUN apt-get update && apt-get install -y php8.2-fpm
COPY conf/ /etc/php/8.2/fpm/
COPY . /srv/www
