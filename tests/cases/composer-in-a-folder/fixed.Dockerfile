FROM php:8.2-cli
COPY --from=composer:2 /usr/bin/composer /usr/bin/composer
WORKDIR /app
COPY api/composer.json api/composer.lock api/
RUN composer -d api install --no-dev --no-scripts --no-autoloader
COPY . .
RUN composer -d api install --no-dev
