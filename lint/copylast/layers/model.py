"""The layer model (types first; see below)."""

from __future__ import annotations


class LayerModel:
    """Facts about every step of a Dockerfile, computed once per file and shared by all rules."""
