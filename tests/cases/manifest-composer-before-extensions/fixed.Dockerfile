FROM php:8.3-cli
WORKDIR /app
RUN apt-get update && apt-get install -y unzip
RUN docker-php-ext-install intl
COPY composer.json composer.lock ./
RUN composer install --no-scripts --no-autoloader
COPY . .
