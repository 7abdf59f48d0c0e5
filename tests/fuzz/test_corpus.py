"""Every input that is kept is read again: hand-written ones, and those that broke something once."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from tests.fuzz.pieces import mutated
from tests.fuzz.reading import decoded, read_everything

CORPUS = sorted((Path(__file__).parent / "corpus").iterdir())


@pytest.mark.parametrize("path", CORPUS, ids=[path.name for path in CORPUS])
def test_nothing_raises(path: Path) -> None:
    read_everything(decoded(path.read_bytes()))


def test_nothing_raises_where_inputs_are_changed() -> None:
    dice = Random(3)
    texts = [decoded(path.read_bytes()) for path in CORPUS]
    for _ in range(200):
        read_everything(mutated(dice.choice(texts), texts, dice))
