"""The page on package managers tells of all that their descriptors know."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.casebook import REGISTRY

from copylast.ecosystem.descriptor import Again, Ecosystem

PAGE = Path(__file__).parents[2] / "docs" / "ecosystems.md"
AGAIN = [one for one in REGISTRY.all() if one.again is not None]


def _section(one: Ecosystem) -> str:
    text = PAGE.read_text(encoding="utf-8")
    found = re.search(rf"(?ms)^## {re.escape(one.title)}\n(.*?)(?=^## |\Z)", text)
    assert found is not None
    return found[1]


def _words(again: Again) -> list[str]:
    words = [*again.options, *again.choose, again.prune, *(" ".join(subcommand) for subcommand in again.anew)]
    for fit in again.fits:
        words += [*fit.alike, *fit.only_with, *(" ".join(subcommand) for subcommand in (*fit.early, *fit.late))]
    return [word for word in words if word]


@pytest.mark.parametrize("one", AGAIN, ids=lambda one: one.id)
def test_it_tells_when_a_second_install_does_the_work_again(one: Ecosystem) -> None:
    assert one.again is not None
    section = _section(one).partition("| command |")[0]
    missing = [word for word in _words(one.again) if f"`{word}`" not in section]
    assert _words(one.again)
    assert not missing
    assert ("another directory" in section) == one.again.beside
