import Config

config :clock, port: System.get_env("PORT")
