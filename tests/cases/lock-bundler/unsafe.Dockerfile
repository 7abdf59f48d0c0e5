FROM ruby:3.3-slim
WORKDIR /srv
COPY Gemfile /srv/
COPY Gemfile.lock /srv/
RUN bundle install --jobs 4
COPY . /srv
CMD ["rackup"]
