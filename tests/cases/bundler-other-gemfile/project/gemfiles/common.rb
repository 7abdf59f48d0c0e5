source "https://rubygems.org"

ruby file: "../.ruby-version"

gem "rack", "~> 3.0"

group :test do
  gem "rspec"
end
