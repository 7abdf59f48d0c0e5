"""Tests that run only where they are asked for: by ``-m MARKER`` or by a path in their folder."""

from __future__ import annotations

from pathlib import Path

import pytest


def leave_out(config: pytest.Config, items: list[pytest.Item], folder: Path, marker: str) -> int:
    """Mark the tests below ``folder``; drop them where nobody asked for them, and say how many that were."""
    ours = [item for item in items if item.path.is_relative_to(folder)]
    for item in ours:
        item.add_marker(getattr(pytest.mark, marker))
    places = [Path(str(argument).partition("::")[0]).absolute() for argument in config.args]
    if marker in str(config.getoption("markexpr") or "") or any(p.is_relative_to(folder) for p in places):
        return 0
    if ours:
        items[:] = [item for item in items if item not in ours]
        config.hook.pytest_deselected(items=ours)
    return len(ours)
