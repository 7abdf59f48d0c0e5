"""The command line: a thin shell over :mod:`copylast.app`."""

from __future__ import annotations

from copylast.cli.main import main

__all__ = ["main"]
