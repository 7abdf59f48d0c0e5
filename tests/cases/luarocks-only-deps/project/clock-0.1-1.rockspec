package = "clock"
version = "0.1-1"
source = { url = "git://example.org/clock" }
dependencies = { "lua >= 5.1", "penlight" }
build = { type = "builtin", modules = { clock = "clock.lua" } }
