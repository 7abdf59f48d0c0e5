FROM ruby:3.3
WORKDIR /app
RUN gem install foreman -v 0.88.1
COPY . .
CMD ["foreman", "start"]
