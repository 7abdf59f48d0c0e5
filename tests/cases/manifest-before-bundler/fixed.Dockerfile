FROM ruby:3.3
WORKDIR /app
RUN gem install bundler -v 2.5.6
COPY Gemfile Gemfile.lock ./
RUN bundle install
COPY . .
