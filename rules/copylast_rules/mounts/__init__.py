"""Rules on cache mounts, and on what a step downloads: codes CPL4xx."""
