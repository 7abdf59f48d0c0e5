"""Patterns that are compiled late are all right, and behave as compiled ones do."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest

import copylast
from copylast.regexes import lazy_regex


def test_it_answers_as_the_compiled_pattern() -> None:
    late, now = lazy_regex("(A+)b", re.IGNORECASE), re.compile("(A+)b", re.IGNORECASE)
    for text in ("xaab", "aab", "b", "aabaab"):
        for method in ("match", "search", "fullmatch"):
            mine, theirs = getattr(late, method)(text), getattr(now, method)(text)
            assert (mine and mine.span()) == (theirs and theirs.span())
        assert late.findall(text) == now.findall(text)
        assert late.sub(r"<\1>", text) == now.sub(r"<\1>", text)
    assert (late.pattern, late.flags, late.groups) == (now.pattern, now.flags, now.groups)


def test_a_wrong_pattern_is_an_error_when_it_is_used() -> None:
    late = lazy_regex("(")
    with pytest.raises(re.error):
        late.match("x")


def test_every_pattern_of_the_package_compiles() -> None:
    kind = lazy_regex("").__class__
    found = 0
    packages = (copylast, import_module("copylast_rules"))
    paths = [(str(Path(str(one.__file__)).parent), f"{one.__name__}.") for one in packages]
    for module in (one for path, prefix in paths for one in walk_packages([path], prefix)):
        if "__main__" in module.name:
            continue
        for value in list(vars(import_module(module.name)).values()):
            if value.__class__ is kind:
                found += 1
                assert value.pattern is not None
    assert found > 190
