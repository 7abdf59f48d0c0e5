"""Command lines that are read without argparse mean what argparse says."""

from __future__ import annotations

import argparse

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copylast.cli.parser import parse
from copylast.cli.plain import HIDDEN, read_plain

PLAIN = [
    "check",
    "check .",
    "check Dockerfile web/Dockerfile",
    "check --fix Dockerfile web/Dockerfile",
    "check Dockerfile --fix --unsafe-fixes",
    "check --isolated --format concise Dockerfile",
    "check --format=sarif --output=json=out.json --output github=x Dockerfile",
    "check --build-arg=A=b=c --build-arg B -q -v -v --quiet --config a.toml --config select=['ALL'] .",
    "check --color never --fail-level info --exit-zero --no-cache --stdin-filename a/Dockerfile -",
    "layers Dockerfile --format json --since HEAD~1",
    "layers --builder kaniko",
    "prove",
    "prove web/Dockerfile --format json",
    "rules",
    "rules --format json",
    "explain CPL101 CPL2",
]
UNUSUAL = [
    "",
    "--isolated check",
    "chekc",
    "check -h",
    "check --fix --nonsense",
    "check a --fix b",
    "check -- a",
    "check --format",
    "check --format --fix",
    "check --format= a",
    "check --color pink",
    "check --fix=yes",
    "check -qv",
    "check --form json",
    "layers --changed a b -- c",
    "layers a --why log",
    "prove a b",
    "explain",
    "config show",
]


def test_a_hidden_flag_is_hidden_from_argparse() -> None:
    assert HIDDEN == argparse.SUPPRESS


@pytest.mark.parametrize("line", PLAIN)
def test_plain_lines_need_no_argparse(line: str) -> None:
    found = read_plain(line.split())
    assert found is not None
    assert vars(found) == vars(parse(line.split()))


@pytest.mark.parametrize("line", UNUSUAL)
def test_all_else_is_left_to_argparse(line: str) -> None:
    assert read_plain(line.split()) is None


WORDS = (
    "check layers prove rules explain config --fix --format --format=json json a --config b=c --config=x -q -v -qv - "
    "-- -x --color always --color=no --changed --changed=-a --why --isolated --build-arg A= --unsafe-fixes ALL"
).split() + ["", "a b", "-a b"]


@given(st.sampled_from(["check", "layers", "prove", "rules", "explain"]), st.lists(st.sampled_from(WORDS), max_size=6))
def test_the_two_never_differ(command: str, words: list[str]) -> None:
    found = read_plain([command, *words])
    if found is not None:
        assert vars(found) == vars(parse([command, *words]))
