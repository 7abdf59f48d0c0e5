package = "hands"
version = "0.1-1"
source = {
   url = "file://vendor/hands-0.1.tar.gz"
}
dependencies = {
   "lua >= 5.1",
   "argparse >= 0.7"
}
build = {
   type = "builtin",
   modules = { hands = "hands.lua" },
   install = { bin = { "bin/hands" } }
}
