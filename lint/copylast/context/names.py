"""How files that declare builds are called."""

from __future__ import annotations

import re

from copylast.regexes import lazy_regex

DEFAULT_NAMES = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")
OVERRIDE_NAMES = ("compose.override.yaml", "compose.override.yml") + (
    "docker-compose.override.yaml",
    "docker-compose.override.yml",
)
COMPOSE_NAME = lazy_regex(r"(?:.*[._-])?(?:docker-)?compose(?:[._-].*)?\.ya?ml\Z", re.I)
BAKE_NAME = lazy_regex(r"(?:.*[._-])?(?:docker-)?bake(?:[._-].*)?\.(?:hcl|json)\Z", re.I)
