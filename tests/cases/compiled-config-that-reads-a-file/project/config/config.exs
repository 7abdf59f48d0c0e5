import Config

config :shop, banner: File.read!("lib/banner.txt")
