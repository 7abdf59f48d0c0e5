package = "bot"
version = "dev-1"
source = {
   url = "git+https://github.com/example/bot.git"
}
dependencies = {
   "lua >= 5.3",
   "luasocket ~> 3.1",
   "dkjson >= 2.6"
}
build = {
   type = "builtin",
   modules = { bot = "bot.lua" }
}
