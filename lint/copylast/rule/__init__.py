"""What a rule is, what it says, and how plugins bring more of them."""
