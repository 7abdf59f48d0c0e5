pub const two = 2
