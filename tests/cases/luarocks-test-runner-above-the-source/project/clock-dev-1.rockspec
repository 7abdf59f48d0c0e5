package = "clock"
version = "dev-1"
source = { url = "git+https://github.com/example/clock.git" }
dependencies = { "luaposix" }
build = { type = "builtin", modules = { clock = "clock.lua" } }
