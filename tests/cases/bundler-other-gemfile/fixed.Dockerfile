FROM ruby:3.3
WORKDIR /app
COPY .ruby-version Gemfile Gemfile.lock ./
COPY gemfiles/common.rb gemfiles/
RUN bundle install
COPY . .
