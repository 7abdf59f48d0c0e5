FROM php:8.2-cli
COPY --from=composer:2 /usr/bin/composer /usr/bin/composer
WORKDIR /app
COPY composer.json composer.lock ./
RUN php /usr/bin/composer install --no-scripts --quiet --no-interaction --no-autoloader
COPY . .
RUN php /usr/bin/composer install --no-scripts --quiet --no-interaction
