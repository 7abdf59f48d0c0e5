"""What is said of a Dockerfile that does not build."""

from __future__ import annotations

import gc
import time

import pytest
from tests.toys import Toy

from copylast.dockerfile.source import Source
from copylast.ecosystem.registry import Registry
from copylast.engine.lint import Build, Checker
from copylast.engine.own import own_rules
from copylast.rule.diagnostic import Diagnostic
from copylast.rule.plugins import Plugin, RuleHandle

RULES = (*own_rules(), RuleHandle(Plugin("toys", "toys", "1"), Toy))


def look(text: str, target: str | None = None) -> list[Diagnostic]:
    checker = Checker(RULES, RULES, Registry(()), lambda rule: rule.load().Options())
    checked = checker.check(Source(text), None, Build(target))
    assert not checked.failures
    return list(checked.diagnostics)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        # above the error, with one instruction between: that one may go on in the line that is wrong
        ("FROM a\nRUN toy\nWORKDIR /x\nEXPOSE ninety\nRUN toy\n", [2]),
        ("FROM a\nRUN toy\n&& make\nRUN toy\n", []),
        # another stage, before or behind
        ("FROM a AS one\nRUN toy\nFROM b\nEXPOSE x\nRUN toy\n", [2]),
        ("FROM a AS one\nEXPOSE x\nFROM b\nRUN toy\n", [4]),
        # which stands on the wrong one, or copies from it
        ("FROM a AS one\nEXPOSE x\nFROM one\nRUN toy\n", []),
        ("FROM a AS one\nEXPOSE x\nFROM b AS two\nCOPY --from=one /x /y\nRUN toy\nFROM two\nRUN toy\n", []),
        # what counts for all of the file
        ("# escape=x\nFROM a\nRUN toy\nRUN b\n", []),
        ("RUN b\nFROM a\nRUN toy\nRUN b\n", []),
        ("RUN toy\n", []),
        # an end that never comes takes the rest along
        ("FROM a\nRUN toy\nRUN b\nRUN <<E\nRUN toy\nFROM b\nRUN toy\n", [2]),
    ],
)
def test_what_an_error_cannot_concern_is_linted(text: str, lines: list[int]) -> None:
    found = look(text)
    others = [one for one in found if one.code != "CPL900"]
    assert len(others) < len(found)
    assert [Source(text).position(one.span.start).line for one in others] == lines
    assert all(one.fix is None and (one.withheld or "").startswith("the file does not build") for one in others)


def test_a_target_that_the_error_hides_is_no_failure_of_its_own() -> None:
    assert [one.code for one in look("FROM a\nRUN toy\nFORM b AS app\n", "app")] == ["CPL900"]


def test_ignore_comments_are_not_judged() -> None:
    text = "FROM a\n# copylast: ignore=TOY101\nRUN b\nWORKDIR /x\nEXPOSE x\n"
    assert [one.code for one in look(text)] == ["CPL900"]


def test_twice_as_many_wrong_stages_take_twice_the_time() -> None:
    def seconds(stages: int) -> float:
        # What the collector of cycles takes grows with all that the other tests have left behind.
        gc.collect()
        gc.disable()
        try:
            begin = time.process_time()
            found = look("FROM \n" * stages + "FROM a\nRUN toy\n")
            took = time.process_time() - begin
        finally:
            gc.enable()
        # Each stage that is wrong, and the one that is not: of many places, the right ones.
        assert [one.code for one in found].count("CPL900") == stages
        assert found[-1].code == "TOY101"
        return took

    # Eight times as many: up to 64 times the time if each stage looks at every problem.
    assert min(seconds(4000) for _ in range(2)) < 24 * min(seconds(500) for _ in range(3))
