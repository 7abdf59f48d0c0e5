FROM ruby:3.3
WORKDIR /app
COPY .ruby-version Gemfile Gemfile.lock ./
RUN bundle install --jobs 4
COPY . .
CMD ["ruby", "app.rb"]
