FROM ruby:3.3
ENV BUNDLE_DEPLOYMENT=true
WORKDIR /app
COPY Gemfile Gemfile.lock ./
RUN bundle install
COPY . .
CMD ["bundle", "exec", "ruby", "app.rb"]
