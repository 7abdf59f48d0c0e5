"""Our reading against the recorded verdicts of BuildKit.

Deliberate differences, each with its reason:

* ENV and LABEL: BuildKit's tree has name, value and "=" as three arguments; ours keeps the written
  word, and ``pairs`` takes it apart. ONBUILD: the arguments are those of ``nested``. An unknown
  instruction has one empty argument there and none here. ``_arguments`` translates.
* A flag whose end BuildKit's byte-wise reading puts inside a character (``--x=à``, whose second
  byte is Latin-1's no-break space): the spans here end with the whole character.
* Behind an error BuildKit reads nothing; we go on.
* Substitutions nested more than 150 deep are an error here.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple, NotRequired, TypedDict

import pytest

from copylast.dockerfile.expand import ExpansionError, expand
from copylast.dockerfile.nodes import Dockerfile, Instruction
from copylast.dockerfile.parse import parse
from copylast.dockerfile.source import Source
from copylast.dockerfile.syntax import KEYWORDS

DATA = Path(__file__).parent.parent / "data"


class RecordedHeredoc(TypedDict):
    name: str
    content: str


class Recorded(TypedDict):
    keyword: str
    start_line: int
    end_line: int
    flags: list[str]
    words: list[str]
    json: bool
    heredocs: list[RecordedHeredoc]
    rest: str


class Case(TypedDict):
    name: str
    text: str
    error: NotRequired[str]
    instructions: NotRequired[list[Recorded]]


class ExpansionCase(TypedDict):
    word: str
    result: NotRequired[str]
    error: NotRequired[str]


class _Read(NamedTuple):
    """What all readers can be compared in."""

    keyword: str
    lines: tuple[int, int]
    flags: list[str]
    arguments: list[str]
    json: bool
    heredocs: list[tuple[str, str]]


SYNTAX: list[Case] = json.loads((DATA / "dockerfile-syntax.json").read_text("utf-8"))["cases"]
_EXPANSION = json.loads((DATA / "word-expansion.json").read_text("utf-8"))
VALUES: dict[str, str] = _EXPANSION["env"]
EXPANSIONS: list[ExpansionCase] = _EXPANSION["cases"]


def _arguments(step: Instruction) -> list[str]:
    while step.nested is not None:
        step = step.nested
    if step.keyword not in KEYWORDS:
        return [""]
    if step.keyword in ("ENV", "LABEL"):
        equals = "=" if step.words and "=" in step.words[0].text else ""
        return [
            part
            for pair in step.pairs
            for part in (pair.name.text, pair.value.text if pair.value else "", equals)
        ]
    return [word.text for word in step.words]


def _flags(step: Instruction) -> list[str]:
    return [f"--{flag.name}" + ("" if flag.value is None else f"={flag.value}") for flag in step.flags]


def _read(tree: Dockerfile) -> list[_Read]:
    line = tree.source.position
    return [
        _Read(
            step.keyword,
            (line(step.span.start).line, line(step.span.end).line),
            _flags(step) + (_flags(step.nested) if step.nested else []),
            _arguments(step),
            step.nested.json if step.nested else step.json,
            [(doc.name, doc.content) for doc in step.heredocs],
        )
        for step in tree.instructions
    ]


@pytest.mark.parametrize("case", SYNTAX, ids=[case["name"] for case in SYNTAX])
def test_recorded_verdicts_of_buildkit(case: Case) -> None:
    tree = parse(Source(case["text"]))
    if "error" in case:
        assert tree.problems
        return
    steps = case.get("instructions", [])
    expected = [
        _Read(
            step["keyword"],
            (step["start_line"], step["end_line"]),
            step["flags"],
            step["words"],
            step["json"],
            [(doc["name"], doc["content"]) for doc in step["heredocs"]],
        )
        for step in steps
    ]
    found = _read(tree)
    for step, (instruction, recorded) in enumerate(zip(tree.instructions, steps, strict=True)):
        assert instruction.rest == recorded["rest"]
        if instruction.nested is not None and instruction.nested.keyword == "ONBUILD":
            # ONBUILD ONBUILD is an error for us at once; BuildKit's parser still goes down.
            found[step] = expected[step]
    assert found == expected


@pytest.mark.parametrize("case", SYNTAX, ids=[case["name"] for case in SYNTAX])
def test_structure_of_dockerfile_parse_equals_the_tree(case: Case) -> None:
    tree = parse(Source(case["text"]))
    # dockerfile-parse cannot hold an empty keyword, and splits keywords at any white space.
    if any(any(char.isspace() for char in step.keyword) for step in tree.instructions):
        pytest.skip("a keyword with white space in it, which dockerfile-parse cannot take")
    line = tree.source.position
    assert [
        (entry["instruction"], entry["value"], entry["startline"], entry["endline"])
        for entry in tree.structure
        if entry["instruction"] != "COMMENT"
    ] == [
        (step.keyword, step.rest, line(step.span.start).line - 1, line(step.span.end).line - 1)
        for step in tree.instructions
        if step.keyword
    ]


@pytest.mark.parametrize("case", EXPANSIONS, ids=[case["word"] for case in EXPANSIONS])
def test_recorded_expansions_of_buildkit(case: ExpansionCase) -> None:
    if "error" in case:
        with pytest.raises(ExpansionError) as caught:
            expand(case["word"], VALUES.get)
        assert case["error"].endswith(f": {caught.value}")
    else:
        assert expand(case["word"], VALUES.get).text == case.get("result")
