"""Rules about the order of steps."""
