FROM php:8.2-cli
COPY --from=composer:2 /usr/bin/composer /usr/bin/composer
WORKDIR /app
COPY composer.json composer.lock ./
RUN composer install --no-scripts --no-autoloader
COPY . .
ARG INSTALL=1
RUN if [ "$INSTALL" = 1 ]; then composer install; fi
