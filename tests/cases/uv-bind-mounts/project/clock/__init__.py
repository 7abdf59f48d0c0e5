"""Tells the time."""
