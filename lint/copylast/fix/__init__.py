"""Applying fixes, and proving that they changed only what they said."""
