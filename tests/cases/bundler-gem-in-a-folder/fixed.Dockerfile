FROM ruby:3.3
WORKDIR /app
COPY .ruby-version Gemfile Gemfile.lock ./
COPY engines/engine/engine.gemspec engines/engine/
COPY engines/engine/lib/engine/version.rb engines/engine/lib/engine/
RUN bundle install
COPY . .
