FROM php:8.2-cli
COPY --from=composer:2 /usr/bin/composer /usr/bin/composer
WORKDIR /app
COPY composer.json composer.lock ./
COPY patches/quiet.patch patches/
RUN composer install --no-dev --no-scripts --no-autoloader
COPY . .
RUN composer install --no-dev
