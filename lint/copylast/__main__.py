"""``python -m copylast``."""

from __future__ import annotations

import sys

from copylast.cli import main

if __name__ == "__main__":
    sys.exit(main())
