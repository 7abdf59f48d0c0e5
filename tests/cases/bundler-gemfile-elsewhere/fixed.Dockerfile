FROM ruby:3.3
WORKDIR /app
COPY api/.ruby-version api/Gemfile api/Gemfile.lock api/
RUN bundle install --gemfile=/app/api/Gemfile
COPY . .
