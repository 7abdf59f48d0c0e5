FROM ruby:3.3
WORKDIR /app
COPY Gemfile Gemfile.lock ./
RUN bundle install
COPY app ./app
COPY Rakefile ./
RUN bundle exec rake assets:precompile
