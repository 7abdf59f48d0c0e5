FROM composer:2
WORKDIR /app
COPY composer.json composer.lock ./
RUN rm -rf vendor && composer install --no-scripts --no-autoloader
COPY . .
RUN composer dump-autoload
