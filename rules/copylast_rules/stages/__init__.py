"""Rules on stages, their bases, and what the builds of a project share (CPL5xx)."""
