"""The built-in rules of copylast: an ordinary plugin."""
