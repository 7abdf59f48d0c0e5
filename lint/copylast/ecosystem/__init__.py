"""Who installs: package managers as data, and what an install reads."""
