require("bot").run()
