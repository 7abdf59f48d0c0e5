"""Every descriptor loads, holds its own examples, and is found through the index."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import pytest

from copylast.ecosystem.descriptor import Example
from copylast.ecosystem.load import load
from copylast.ecosystem.registry import INDEX, EcosystemSource, Registry
from copylast.ecosystem.stems import build_index

FOLDER = Path(__file__).parents[3] / "rules" / "copylast_rules" / "ecosystems"
FILES = sorted(FOLDER.glob("*.toml"))
SOURCE = EcosystemSource(str(FOLDER), "copylast")


def _examples() -> list[tuple[str, Example]]:
    return [(f.name, e) for f in FILES for e in load(f.read_text(encoding="utf-8"), f.name).examples]


@pytest.mark.parametrize(
    ("name", "example"), _examples(), ids=lambda x: x.command if isinstance(x, Example) else x
)
def test_an_example_is_what_it_says(name: str, example: Example) -> None:
    registry = Registry([SOURCE])
    ecosystem = registry.ecosystem(name)
    found = [m for m in registry.candidates(shlex.split(example.command)) if m.ecosystem.id == ecosystem.id]
    assert [m.kind for m in found] == ([example.kind] if example.kind else [])


def test_the_index_is_up_to_date() -> None:
    assert (FOLDER / INDEX).read_text(encoding="utf-8") == build_index(str(FOLDER))


def test_ids_are_unique_and_named_as_the_file() -> None:
    for file, ecosystem in zip(FILES, Registry([SOURCE]).all(), strict=True):
        assert ecosystem.id == file.stem


def test_every_reader_exists() -> None:
    from importlib import import_module

    for ecosystem in Registry([SOURCE]).all():
        if ecosystem.reader:
            module, _, function = ecosystem.reader.partition(":")
            assert callable(getattr(import_module(module), function))


def test_only_what_may_match_is_parsed() -> None:
    registry = Registry([SOURCE])
    assert registry.classify(["pip", "install", "-r", "requirements.txt"])
    assert "pip.toml" in registry.loaded
    assert "npm.toml" not in registry.loaded
    registry = Registry([SOURCE])
    assert registry.classify(["echo", "done"]) is None
    assert registry.loaded == ()


def test_without_an_index_everything_is_looked_at(tmp_path: Path) -> None:
    for file in FILES:
        os.symlink(file, tmp_path / file.name)
    found = Registry([EcosystemSource(str(tmp_path), "x")]).classify(["npm", "ci"])
    assert found and found.ecosystem.id == "npm"
    assert found.ecosystem.origin == "x"
