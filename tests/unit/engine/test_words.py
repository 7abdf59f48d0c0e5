"""Rules that are asked only where one of their words is in the file."""

from __future__ import annotations

import pytest
from tests.casebook import REGISTRY

from copylast.dockerfile.source import Source
from copylast.engine.lint import Build, Checker
from copylast.rule.hookspecs import RuleEntry
from copylast.rule.plugins import Plugin, RuleHandle, load_plugins
from copylast.rule.rule import NoOptions

WITH_WORDS = [handle for handle in load_plugins().rules if handle.words]


def checker(handle: RuleHandle) -> Checker:
    return Checker([handle], [handle], REGISTRY, lambda rule: NoOptions())


def broken(*words: str) -> RuleHandle:
    """A rule that cannot be imported, so that asking it is noticed."""
    entry = RuleEntry("MIN101", "mine", WITH_WORDS[0].severity, "no.such.module:Mine", words=words)
    return RuleHandle(Plugin("mine", "mine", "1"), entry)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("FROM a\nCOPY . .\n", False),
        ("FROM a\nCOPY --link . .\n", True),
        ("from a\ncopy --LINK . .\n", True),
        ("FROM a\nCOPY --li\\\nnk . .\n", True),
        ("FROM a\nCOPY --li\\\n# a comment\nnk . .\n", True),
        ("# escape=`\nFROM a\nCOPY --li`\nnk . .\n", True),
        ("FROM a\nRUN <<E\nx --link\nE\n", True),
        ("FROM a\nONBUILD COPY --li\\\nnk . .\n", True),
    ],
)
def test_a_rule_without_its_words_is_not_even_imported(text: str, asked: bool) -> None:
    failures = checker(broken("--link", "other")).check(Source(text), None, Build()).failures
    assert ["MIN101" in failure.message for failure in failures] == ([True] if asked else [])


def test_a_rule_that_names_no_words_is_always_asked() -> None:
    assert checker(broken()).check(Source("FROM a\n"), None, Build()).failures


@pytest.mark.parametrize("handle", WITH_WORDS, ids=lambda handle: handle.code)
def test_what_the_examples_show_has_the_words(handle: RuleHandle) -> None:
    for example in handle.load().examples:
        if example.silent is None:
            assert any(word in example.dockerfile.lower() for word in handle.words), example.title
