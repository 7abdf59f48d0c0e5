"""Ignore comments, and what is said of those that are of no use."""

from __future__ import annotations

import pytest
from tests.toys import Crash, Toy

from copylast.dockerfile.source import Source
from copylast.ecosystem.registry import Registry
from copylast.engine.lint import Build, Checker
from copylast.engine.own import own_rules
from copylast.rule.diagnostic import Diagnostic
from copylast.rule.plugins import Plugin, RuleHandle

PLUGIN = Plugin("toys", "toys", "1")
RULES = (*own_rules(), RuleHandle(PLUGIN, Toy), RuleHandle(PLUGIN, Crash))


def look(text: str) -> list[Diagnostic]:
    checker = Checker(RULES, RULES, Registry(()), lambda rule: rule.load().Options())
    return list(checker.check(Source(text), None, Build()).diagnostics)


def codes(text: str) -> list[str]:
    return [d.code for d in look(text)]


@pytest.mark.parametrize(
    "comment",
    [
        "# copylast: ignore=TOY101",
        "# copylast: ignore=TOY101 because",
        "#copylast:ignore=TOY101",
        "# copylast: ignore = TOY101",
        "# copylast: ignore=toy-word",
        "# copylast: ignore=TOY101\n# another comment",
        "# copylast: ignore=TOY101\n",
        "# copylast: file-ignore=TOY101",
    ],
)
def test_silenced(comment: str) -> None:
    assert codes(f"FROM a\n{comment}\nRUN toy\n") == []


def test_only_the_next_instruction() -> None:
    assert codes("FROM a\n# copylast: ignore=TOY101\nRUN toy\nRUN toy\n") == ["TOY101"]


def test_whole_file() -> None:
    assert codes("# copylast: file-ignore=TOY101\nFROM a\nRUN toy\nRUN toy\n") == []


def test_case_counts_and_other_words_do_not() -> None:
    assert codes("FROM a\n# hadolint ignore=TOY101\nRUN toy\n") == ["TOY101"]
    assert codes("FROM a\n# see copylast: ignore=TOY101\nRUN toy\n") == ["TOY101"]


def test_inside_a_heredoc_it_is_text() -> None:
    assert codes("FROM a\nRUN toy <<E\n# copylast: ignore=TOY101\nE\n") == ["TOY101"]


def test_inside_a_continuation() -> None:
    assert codes("FROM a\nRUN \\\n# copylast: ignore=TOY101\n  toy\n") == []


def test_two_rules_in_one_comment() -> None:
    assert codes("FROM a\n# copylast: ignore=TOY102, TOY101\nRUN toy\n") == ["CPL901"]


def test_unused_and_unknown() -> None:
    (unused,) = look("FROM a\n# copylast: ignore=TOY101\nRUN x\n")
    assert (unused.code, unused.message) == ("CPL901", "this comment silences no `TOY101`")
    assert unused.fix is not None and unused.fix.edits[0].text == ""
    (unknown,) = look("FROM a\n# copylast: ignore=TOY1010\nRUN x\n")
    assert (unknown.code, unknown.message) == ("CPL902", "`TOY1010` is no rule; did you mean `TOY101`?")


def test_a_comment_above_a_waiting_directive_is_not_removed() -> None:
    (found,) = look("# copylast: ignore=TOY101\n# syntax=docker/dockerfile:1\nFROM a\n")
    assert found.fix is None and "parser directive" in (found.withheld or "")


def test_the_complaint_can_be_silenced_itself() -> None:
    assert codes("# copylast: file-ignore=CPL902\nFROM a\n# copylast: ignore=NOT999\nRUN x\n") == []


def test_syntax_errors_cannot_be_ignored() -> None:
    assert codes("# copylast: file-ignore=CPL900,TOY101\nFROM a\nRUNN toy\n") == ["CPL900"]
