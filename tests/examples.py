"""How many random texts a test tries, and how many it really compared.

``COPYLAST_EXAMPLES=5000`` asks for more; CI does so where other readers of Dockerfiles are the measure.
"""

from __future__ import annotations

import os
from collections import Counter
from typing import Final

from hypothesis import HealthCheck, settings

EXAMPLES: Final = int(os.environ.get("COPYLAST_EXAMPLES") or 200)

thorough: Final = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

compared: Final[Counter[str]] = Counter()
"""Texts by what they were compared with; printed at the end of a run."""
