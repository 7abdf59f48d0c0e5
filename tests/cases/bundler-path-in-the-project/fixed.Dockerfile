FROM ruby:3.3
WORKDIR /app
COPY .ruby-version Gemfile Gemfile.lock ./
RUN bundle install --path vendor/bundle
COPY . .
