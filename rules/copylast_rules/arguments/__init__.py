"""Rules on build arguments and environment variables."""
