"""What Acme adds to copylast: a rule, a package manager and an output format."""

from __future__ import annotations

import os

from copylast import RuleEntry, Severity


def copylast_get_rules() -> list[RuleEntry]:
    home = "acme_copylast.shell_starts:ShellStarts"
    return [RuleEntry("ACME101", "shell-starts", Severity.WARNING, home, words=("cmd", "entrypoint"))]


def copylast_get_ecosystems() -> list[str]:
    return [os.path.join(os.path.dirname(__file__), "ecosystems")]


def copylast_get_formatters() -> dict[str, str]:
    return {"acme-count": "acme_copylast.count:count"}
