import Config

config :jason, encode: :fast
