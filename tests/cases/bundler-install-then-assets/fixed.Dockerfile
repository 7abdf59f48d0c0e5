FROM ruby:3.3
WORKDIR /app
COPY .ruby-version Gemfile Gemfile.lock ./
ENV BUNDLE_DEPLOYMENT=1
RUN bundle install
COPY . .
RUN bundle exec rake assets:precompile
