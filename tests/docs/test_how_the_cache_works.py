"""The page on the cache says nothing that no test verifies, and its examples come out as they are printed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from tests.conformance.buildkit import pairs_files, pairs_mounts, pairs_stages, pairs_words
from tests.conformance.cache_series import load
from tests.conformance.test_cache_builds import AGREE, EXCEPTIONS, VERSIONS
from tests.conftest import ROOT

from copylast.context.memory import MemoryContext
from copylast.layers.profiles import DATED_SINCE, KANIKO
from copylast.layers.simulate import StepOutcome, simulate, simulate_change
from copylast.layers.situations import Settings, Situation, read_situation

PAGE = (ROOT / "docs" / "how-the-cache-works.md").read_text("utf-8")
FILES = {"requirements.txt": "flask\n", "app.py": "1\n"}
WORDS = {"cached": "cached", "rebuilt": "rebuilt", "cached-if-same": "maybe"}

MARKS = [mark for part in PAGE.split("\n\n") for mark in re.findall(r"✓(?:\s+`[^`]+`)+", part)]
NAMES = [name for mark in MARKS for name in re.findall(r"`([^`]+)`", mark)]


class Example(NamedTuple):
    """A Dockerfile of the page and one of the texts below it."""

    dockerfile: str
    shown: str


def _examples() -> Iterator[Example]:
    text = ""
    for kind, block in re.findall(r"(?ms)^```(\w+)\n(.*?)^```$", PAGE):
        if kind == "dockerfile":
            text = block
        elif kind == "text":
            yield Example(text, block)


EXAMPLES = list(_examples())


def _claims() -> Iterator[str]:
    """List items with the lines that go on in them, and rows of tables."""
    item = ""
    for line in PAGE.splitlines():
        if item and line.startswith("  "):
            item += " " + line.strip()
            continue
        if item:
            yield item
        item = line if line.startswith(("- ", "| ")) and not line.startswith("| version |") else ""
    if item:
        yield item


@pytest.mark.parametrize("name", sorted(set(NAMES)))
def test_what_verifies_a_claim_exists(name: str) -> None:
    pairs = {one.name for module in (pairs_files, pairs_mounts, pairs_stages, pairs_words) for one in module.PAIRS}
    if name.startswith("tests/"):
        path, _, test = name.partition("::")
        assert f"\ndef {test}(" in (ROOT / path).read_text("utf-8")
    elif name.startswith("recorded: "):
        assert name.removeprefix("recorded: ") in {series["name"] for series in load()}
    else:
        assert name in pairs


@pytest.mark.parametrize("claim", list(_claims()), ids=lambda claim: str(claim)[:60])
def test_each_claim_is_marked(claim: str) -> None:
    assert "✓ `" in claim or "(not verified)" in claim or "**unverified**" in claim


def test_there_are_claims_and_marks() -> None:
    assert len(list(_claims())) > 60
    assert len(NAMES) > 120
    # Every mark is read: a stray one would be a claim that nothing verifies.
    assert PAGE.count("✓") == len(MARKS) + PAGE.count("**✓ marks")


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: one.shown.partition(":")[0])
def test_example(example: Example) -> None:
    head, *shown = example.shown.splitlines()
    lines = example.dockerfile.splitlines()
    wanted: list[str] = []
    rows = [(WORDS[one.status], lines[one.step.line - 1], one.why.text) for one in _outcomes(head, example.dockerfile)]
    width = max(len(line) for _, line, _ in rows)
    for status, line, why in rows:
        wanted.append(f"  {status:8} {line:{width}}  {why}".rstrip())
    assert shown == wanted


def _outcomes(head: str, text: str) -> list[StepOutcome]:
    edit = re.fullmatch(r"after an edit of (\S+):", head)
    other = re.fullmatch(r"with (.+) instead of (.+):", head)
    if edit is not None:
        found = simulate_change(_situation(text), [edit[1]])
    else:
        assert other is not None, head
        found = simulate(_changed(text, other[2], other[2]), _changed(text, other[2], other[1]))
    return [one for one in found if one.part not in ("from", "image")]


def _changed(text: str, old: str, new: str) -> Situation:
    flag = "--build-arg "
    if new.startswith(flag):
        name, _, value = new.removeprefix(flag).partition("=")
        return _situation(text, Settings(build_args={name: value}))
    assert old in text
    return _situation(text.replace(old, new))


def _situation(text: str, settings: Settings | None = None) -> Situation:
    return read_situation(text, MemoryContext(FILES), settings)


def test_examples_are_there() -> None:
    assert len(EXAMPLES) >= 6
    assert {one.shown.split()[0] for one in EXAMPLES} == {"after", "with"}


def test_differences_between_versions_are_all_named() -> None:
    for one in VERSIONS:
        assert f"`recorded: {one.name}`" in PAGE
    assert f"before {DATED_SINCE[0]}.{DATED_SINCE[1]} " in PAGE


def test_numbers_are_those_of_the_tests() -> None:
    for builder, name in (("bh128ov", "buildah"), ("legacy", "classic")):
        listed = sum(builder in one.builders for one in EXCEPTIONS)
        total = AGREE[builder] + listed
        assert re.search(rf"{AGREE[builder]}\s+of\s+{total}\s+(series\s+)?of\s+{name}\b", PAGE)


def test_what_was_never_run_says_so() -> None:
    assert not KANIKO.verified
    assert "kaniko: **unverified**" in PAGE
