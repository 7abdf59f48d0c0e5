FROM ruby:3.3
WORKDIR /app
COPY Gemfile Gemfile.lock ./
COPY Rakefile ./
RUN bundle install
COPY app ./app
RUN bundle exec rake assets:precompile
