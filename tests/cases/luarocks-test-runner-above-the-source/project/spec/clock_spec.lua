describe("clock", function() it("loads", function() require("clock") end) end)
