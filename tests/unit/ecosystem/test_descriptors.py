"""Every descriptor loads, holds its own examples, and is found through the index."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import Any, cast

import pytest

from copylast.ecosystem.descriptor import Example
from copylast.ecosystem.load import load
from copylast.ecosystem.registry import INDEX, PARSED, EcosystemSource, Registry
from copylast.ecosystem.stems import generate, parsed

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


def test_what_is_generated_is_up_to_date() -> None:
    made = generate(str(FOLDER))
    there = [FOLDER / INDEX, *sorted((FOLDER / PARSED).iterdir())]
    assert {str(f.relative_to(FOLDER)): f.read_text(encoding="utf-8") for f in there} == made


def test_a_generated_descriptor_is_the_written_one() -> None:
    for ecosystem, file in zip(Registry([SOURCE]).all(), FILES, strict=True):
        assert _plain(ecosystem) == _plain(load(file.read_text(encoding="utf-8"), str(file), SOURCE.origin))


def _plain(value: Any) -> object:
    """With the text of patterns instead of them."""
    if isinstance(value, tuple):
        return [_plain(one) for one in cast("tuple[object, ...]", value)]
    return getattr(value, "pattern", value)


def test_a_generated_descriptor_of_another_text_does_not_count(tmp_path: Path) -> None:
    text = (FOLDER / "pip.toml").read_text(encoding="utf-8")
    (tmp_path / "pip.toml").write_text(text.replace('title = "pip"', 'title = "my pip"'), encoding="utf-8")
    (tmp_path / PARSED).mkdir()
    for content in (parsed(text), "{", "[]", '{"crc": 1}', ""):
        (tmp_path / PARSED / "pip.json").write_text(content, encoding="utf-8")
        assert Registry([EcosystemSource(str(tmp_path), "x")]).ecosystem("pip.toml").title == "my pip"


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
