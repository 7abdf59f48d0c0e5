"""What ``copylast layers`` shows: each step with what it reads and what invalidates it, and what a change rebuilds."""
