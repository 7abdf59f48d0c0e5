FROM php:8.2-cli
COPY --from=composer:2 /usr/bin/composer /usr/bin/composer
WORKDIR /app
COPY composer.json composer.lock ./
COPY patches/quiet.patch patches/
RUN composer install --no-scripts --no-autoloader --no-dev
COPY . .
RUN composer install --no-dev
