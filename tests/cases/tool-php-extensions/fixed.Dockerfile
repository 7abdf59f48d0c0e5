FROM php:8.3-fpm
WORKDIR /var/www/html
RUN docker-php-ext-install pdo_mysql opcache
COPY . .
RUN chown -R www-data:www-data storage
