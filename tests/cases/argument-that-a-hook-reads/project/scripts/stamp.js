require("fs").writeFileSync("stamp", process.env.COMMIT)
