require_relative "lib/engine/version"

Gem::Specification.new do |spec|
  spec.name = "engine"
  spec.version = Engine::VERSION
  spec.files = Dir["lib/**/*"]
end
