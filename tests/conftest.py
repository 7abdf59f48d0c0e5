"""What every test needs: the two source roots for child processes, and a scrubbed environment."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).parent.parent

# pytest's ``pythonpath`` is for this process only: child processes need it too.
os.environ["PYTHONPATH"] = os.pathsep.join(str(ROOT / d) for d in ("lint", "rules"))

# What the machine or the CI sets must not decide what a test sees.
for _name in list(os.environ):
    if _name.startswith(("COPYLAST_", "GITHUB_", "GIT_")) or _name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        del os.environ[_name]
