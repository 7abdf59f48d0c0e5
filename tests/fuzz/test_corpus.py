"""Every input that is kept is read again: hand-written ones, and those that broke something once."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from tests.fuzz.growing import slow_parts
from tests.fuzz.pieces import Series, mutated
from tests.fuzz.reading import decoded, read_everything

SLOW_ONCE = (
    Series("FROM perl:5.38\n", "WORKDIR /app\nCOPY . .\nRUN carton install --deployment\n", ""),
    Series("FROM continuumio/miniconda3\n", "WORKDIR /app\nCOPY . .\nRUN conda env create -f environment.yml\n", ""),
)
"""What took four times as long for twice the steps: each install asked again what every COPY above it brings."""

CORPUS = sorted((Path(__file__).parent / "corpus").iterdir())


@pytest.mark.parametrize("path", CORPUS, ids=[path.name for path in CORPUS])
def test_nothing_raises(path: Path) -> None:
    read_everything(decoded(path.read_bytes()))


def test_nothing_raises_where_inputs_are_changed() -> None:
    dice = Random(3)
    texts = [decoded(path.read_bytes()) for path in CORPUS]
    for _ in range(200):
        read_everything(mutated(dice.choice(texts), texts, dice))


@pytest.mark.parametrize("series", SLOW_ONCE, ids=lambda series: series.before.split()[1])
def test_twice_the_length_takes_twice_the_time(series: Series) -> None:
    assert slow_parts(series) == {}
