import Config

config :clock, zone: "UTC"

import_config "#{config_env()}.exs"
