"""Real little projects: what is found, what is fixed, and that nothing gets lost on the way.

``COPYLAST_UPDATE_CASES=1`` writes what comes out into the case folders; read the diff before you commit it.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence

import pytest
from tests.casebook import Case, cases, lint, repair, say

from copylast.context.files import BuildContext
from copylast.context.memory import OverlayContext
from copylast.dockerfile.parse import parse
from copylast.dockerfile.source import Source
from copylast.fix.loop import FixOutcome
from copylast.rule.rule import Rule

UPDATE = os.environ.get("COPYLAST_UPDATE_CASES") == "1"
ALL = cases()


def _results(case: Case) -> dict[str, str]:
    """Every file that the case folder should hold beside the project: name -> text."""
    found: dict[str, str] = {"expected.txt": ""}
    for dockerfile in case.dockerfiles:
        path, context = case.context(dockerfile)
        text = case.text(dockerfile)
        source = Source(text, path)
        found["expected.txt"] += say(source, lint(source, context, case.rules)[1])
        safe = repair(text, context, path, rules=case.rules)
        unsafe = repair(text, context, path, unsafe=True, rules=case.rules)
        for prefix, outcome in (("fixed", safe), ("unsafe", unsafe)):
            if prefix == "unsafe" and outcome.texts == safe.texts:
                continue
            for changed, new in outcome.texts.items():
                name = "dockerignore" if changed.endswith(".dockerignore") else dockerfile.replace("/", "-")
                found[f"{prefix}.{name}"] = new
        for skipped in safe.skipped:
            found["expected.txt"] += f"    skipped: {skipped.reason}\n"
    return found


@pytest.mark.parametrize("case", ALL, ids=[case.name for case in ALL])
def test_says_and_writes_what_is_expected(case: Case) -> None:
    found = _results(case)
    there = {p.name for p in case.folder.iterdir() if p.is_file()} - {"host.txt", "context.txt", "why.txt", "rules.txt"}
    if UPDATE:
        for name in there - found.keys():
            (case.folder / name).unlink()
        for name, text in found.items():
            (case.folder / name).write_bytes(text.encode())
        return
    assert there == found.keys()
    for name, text in found.items():
        assert text == (case.folder / name).read_bytes().decode(), name


def _after(case: Case, dockerfile: str, unsafe: bool) -> tuple[str, str, FixOutcome, BuildContext]:
    """Path, new text, outcome, and the context as it is after the fix."""
    path, context = case.context(dockerfile)
    outcome = repair(case.text(dockerfile), context, path, unsafe=unsafe, rules=case.rules)
    ignores = {p: text for p, text in outcome.texts.items() if p != path}
    here = OverlayContext(context, ignores) if ignores else context
    return path, outcome.texts.get(path, case.text(dockerfile)), outcome, here


@pytest.mark.parametrize("unsafe", [False, True], ids=["safe", "unsafe"])
@pytest.mark.parametrize("case", ALL, ids=[case.name for case in ALL])
def test_fix_is_stable_and_loses_nothing(case: Case, unsafe: bool) -> None:
    for dockerfile in case.dockerfiles:
        path, text, outcome, here = _after(case, dockerfile, unsafe)
        assert not outcome.skipped
        if not outcome.applied:
            assert not outcome.texts
            continue
        again = repair(text, here, path, unsafe=unsafe, rules=case.rules)
        assert again.texts == {}, "a second run changes nothing"
        source = Source(text, path)
        left = Counter((d.code, d.message) for d in lint(source, here, case.rules)[1])
        fixed = Counter((d.code, d.message) for d in outcome.applied)
        original = Source(case.text(dockerfile), path)
        first = Counter((d.code, d.message) for d in lint(original, case.context(dockerfile)[1], case.rules)[1])
        # A fix may bring something to light that another one mends, and that was not there at first.
        assert all(left[key] <= max(first[key] - count, 0) for key, count in fixed.items())
        old, new = parse(original), parse(source)
        assert not new.problems
        assert sorted(c.text for c in old.comments) == sorted(c.text for c in new.comments)
        crlf = case.text(dockerfile).count("\r\n") == case.text(dockerfile).count("\n")
        assert (text.count("\r\n") == text.count("\n")) == crlf
        assert text.endswith("\n") == case.text(dockerfile).endswith("\n")


def _in_turn(case: Case, dockerfile: str, rules: Sequence[Rule], unsafe: bool) -> str:
    """The text after the rules fixed what they find one after the other, again and again until nothing changes."""
    path, context = case.context(dockerfile)
    texts = {path: case.text(dockerfile)}
    for _ in range(4):
        before = dict(texts)
        for rule in rules:
            ignores = {p: text for p, text in texts.items() if p != path}
            here = OverlayContext(context, ignores) if ignores else context
            texts.update(repair(texts[path], here, path, unsafe=unsafe, rules=[rule]).texts)
        if texts == before:
            return texts[path]
    raise AssertionError(f"no end after {len(rules)} rules had their turn four times")


@pytest.mark.parametrize("unsafe", [False, True], ids=["safe", "unsafe"])
@pytest.mark.parametrize("case", ALL, ids=[case.name for case in ALL])
def test_rules_never_fight(case: Case, unsafe: bool) -> None:
    """Whichever rule comes first, all fixes together end, and in the same text."""
    for dockerfile in case.dockerfiles:
        first = _in_turn(case, dockerfile, case.rules, unsafe)
        assert _in_turn(case, dockerfile, case.rules[::-1], unsafe) == first
        assert _after(case, dockerfile, unsafe)[1] == first


def test_covers_what_it_must() -> None:
    """Silent, withheld, safe and unsafe: each is shown by several cases."""
    texts = [(case.folder / "expected.txt").read_text() for case in ALL if (case.folder / "expected.txt").exists()]
    for word in ("withheld: ", "fix: safe", "fix: unsafe", "CPL101", "CPL103"):
        assert any(word in text for text in texts), word
    assert any(not text for text in texts)
