package = "clock"
version = "0.1-1"
source = { url = "git+https://github.com/example/clock.git" }
dependencies = { "luaposix" }
build = { type = "builtin", modules = { clock = "clock.lua" } }
