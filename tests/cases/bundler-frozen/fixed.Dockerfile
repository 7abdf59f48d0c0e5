FROM ruby:3.3
ENV BUNDLE_FROZEN=true
WORKDIR /app
COPY .ruby-version Gemfile Gemfile.lock ./
RUN bundle
COPY . .
