FROM ruby:3.3-slim
WORKDIR /srv
COPY config.ru Gemfile Gemfile.lock ./
RUN bundle config set --local deployment true && bundle install
COPY lib lib
CMD ["bundle", "exec", "rackup"]
