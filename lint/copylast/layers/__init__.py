"""What the cache does with each step."""
