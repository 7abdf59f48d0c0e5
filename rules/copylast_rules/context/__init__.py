"""Rules on the build context: what the ignore file leaves out, and what it should."""
