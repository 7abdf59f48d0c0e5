"""Which rules run."""

from __future__ import annotations

import os
from typing import Any

import pytest

from copylast.engine.error import ConfigError
from copylast.engine.layer import Layer, checked
from copylast.engine.select import Selection, matches
from copylast.engine.settings import Settings
from copylast.rule.diagnostic import Severity
from copylast.rule.hookspecs import RuleEntry
from copylast.rule.plugins import Plugin, RuleHandle

PLUGIN = Plugin("p", "p", "1")


def rule(code: str, name: str, opt_in: bool = False) -> RuleHandle:
    return RuleHandle(PLUGIN, RuleEntry(code, name, Severity.WARNING, "m:C", opt_in))


RULES = (rule("CPL101", "one"), rule("CPL103", "three"), rule("CPL109", "nine", True), rule("TOY101", "toy"))


def selection(**values: Any) -> Selection:
    layer = Layer({key.replace("_", "-"): value for key, value in values.items()}, "test", "/base")
    return Selection(Settings([checked(layer)]), RULES)


def on(**values: Any) -> str:
    return " ".join(handle.code for handle in selection(**values).rules)


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        ({}, "CPL101 CPL103 TOY101"),
        ({"select": ["CPL1"]}, "CPL101 CPL103"),
        ({"select": ["ALL"]}, "CPL101 CPL103 CPL109 TOY101"),
        ({"select": ["CPL109"]}, "CPL109"),
        ({"select": ["nine", "toy"]}, "CPL109 TOY101"),
        ({"extend-select": ["CPL109"]}, "CPL101 CPL103 CPL109 TOY101"),
        ({"select": ["CPL101"], "extend-select": ["TOY"]}, "CPL101 TOY101"),
        ({"ignore": ["CPL1"]}, "TOY101"),
        ({"select": ["CPL101"], "ignore": ["CPL"]}, "CPL101"),
        ({"select": ["CPL"], "ignore": ["CPL101"]}, "CPL103"),
        ({"select": ["CPL101"], "ignore": ["CPL101"]}, ""),
    ],
)
def test_the_more_exact_word_wins(values: dict[str, Any], codes: str) -> None:
    assert on(**values) == codes


def test_unknown_selector() -> None:
    with pytest.raises(ConfigError, match='"thre" is no rule, prefix of one, or ALL; did you mean "three"'):
        selection(select=["thre"])
    with pytest.raises(ConfigError, match='"CPL4" is no rule'):
        selection(per_file_ignores={"*": ["CPL4"]})


def test_fixable() -> None:
    assert selection(unfixable=["CPL1"]).fixable == {"TOY101", "CPL109"}
    assert selection(fixable=["toy"]).fixable == {"TOY101"}


def test_per_file() -> None:
    found = selection(per_file_ignores={"docker/*.Dockerfile": ["CPL1"]})
    assert [r.code for r in found.for_file("/base/docker/a.Dockerfile")] == ["TOY101"]
    assert len(found.for_file("/base/a.Dockerfile")) == 3


@pytest.mark.parametrize(
    ("glob", "path", "fits"),
    [
        ("*.dev", "a/b/Dockerfile.dev", True),
        ("b", "a/b/Dockerfile", True),
        ("a/b", "a/b/Dockerfile", True),
        ("a/b/", "a/b/Dockerfile", True),
        ("a/*", "a/b/Dockerfile", True),
        ("b/*", "a/b/Dockerfile", False),
        ("/b/*", "a/b/Dockerfile", False),
        ("**/b/*", "a/b/Dockerfile", True),
        ("**/a/*", "a/b/Dockerfile", True),
        ("a/**/Dockerfile", "a/Dockerfile", True),
        ("a/**/Dockerfile", "a/b/c/Dockerfile", True),
        ("./a/*/Dockerfile", "a/b/Dockerfile", True),
        ("a/*/Dockerfile", "a/b/c/Dockerfile", False),
    ],
)
def test_globs(glob: str, path: str, fits: bool) -> None:
    assert matches(os.path.join("/base", path), "/base", glob) is fits
