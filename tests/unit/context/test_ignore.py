"""The ignore file against the verdicts of BuildKit's own walk, and editing it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from copylast.context.ignore import IgnoreFile, parse_ignore

CASES: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "data" / "dockerignore-cases.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", CASES["table"], ids=lambda case: f"{case['ignore']!r} {case['path']!r}")
def test_one_path(case: dict[str, Any]) -> None:
    file = parse_ignore(case["ignore"])
    assert bool(file.problems) == bool(case["error"])
    if not case["error"]:
        assert file.ignored(case["path"]) == case["ignored"]


@pytest.mark.parametrize("case", CASES["lists"], ids=lambda case: repr(case["ignore"]))
def test_whole_tree(case: dict[str, Any]) -> None:
    file = parse_ignore(case["ignore"])
    early = [problem for problem in file.problems if not problem.late]
    if "error" in case:
        late = "evaluated" in case["error"]
        assert file.problems
        assert bool(early) != late
        return
    assert not early
    wanted = case["ignored"]
    assert [path for path in CASES["paths"] if file.ignored(path.rstrip("/"))] == wanted
    assert walk(file, CASES["paths"], prune=False) == wanted
    assert walk(file, CASES["paths"], prune=True) == wanted


def walk(file: IgnoreFile, paths: list[str], *, prune: bool) -> list[str]:
    """The ignored ones of ``paths`` by the walk; with ``prune`` what cannot come back is not asked for."""
    states = {"": file.start}
    closed: set[str] = set()
    out: list[str] = []
    for path in paths:
        name = path.rstrip("/")
        parent = name.rpartition("/")[0]
        if parent in closed:
            out.append(path)
            closed.add(name)
            continue
        ignored, states[name] = file.step(name, states[parent])
        if ignored:
            out.append(path)
            if prune and not file.may_reinclude_below(name):
                closed.add(name)
    return out


@pytest.mark.parametrize(
    ("pattern", "path", "ignored"),
    [
        ("[?]", "?", False),
        ("[?]", "/]", True),
        ("*.{js}", "a.{js}", True),
        ("a{2}?", "aax", True),
        ("a{2,}?", "aaaax", True),
        ("a{1,2}?", "aax", True),
        ("a{0}b?", "bx", True),
        ("a||b*", "anything", True),
        ("x|y|z*", "ayb", True),
        ("[a*]b", "a", False),
        ("\\Qa.b\\E*", "a\\.bc", True),
        ("\\x41?", "Ax", True),
        ("\\x{42}?", "Bx", True),
        ("\\101?", "Ax", True),
        ("\\pL?", "éx", True),
        ("\\PL?", "éx", False),
        ("[\\d]x", "5x", True),
        ("[^\\W]x", "_x", True),
        ("[[:^digit:]]x", "5x", False),
        ("\\bx?", "xy", True),
        ("\\Ax\\z*", "x", True),
        ("\ufeff\ufeffx?", "xy", True),
        ("/ foo", "foo", True),
        ("./!foo\nfoo", "foo", True),
        ("a\n./!a", "a", False),
        ("**/**/**/x*/**/y*", "a/b/x1/c/y2", True),
        ("*a*a*a*a*a*b", "a" * 200, False),
        ("**/a/**/b/**/c/**/d/**/e", "a/x/b/c/y/d/e", True),
        ("**/*.pyc", "a\nb/c.pyc", False),
        ("a/**", "a/", True),
        (" ", "x", False),
    ],
)
def test_what_the_recorded_verdicts_do_not_hold(pattern: str, path: str, ignored: bool) -> None:
    file = parse_ignore(pattern)
    assert not file.problems
    assert file.step(path, file.start)[0] == ignored


@pytest.mark.parametrize(
    ("text", "line", "column", "late"),
    [
        ("ok\n  !\n", 2, 3, False),
        ("a/[b", 1, 3, False),
        ("\ufeff[", 1, 2, False),
        ("src\\private", 1, 4, True),
        ("\r\n!x[z-a]", 2, 3, True),
        ("a{2}{3}*", 1, 2, True),
        ("**/[[:nope:]]", 1, 4, True),
        ("x" * 70_000, 1, 1, False),
    ],
)
def test_problem_has_its_place(text: str, line: int, column: int, late: bool) -> None:
    (problem,) = parse_ignore(text).problems
    assert (problem.line, problem.column, problem.late) == (line, column, late)
    assert problem.message


def test_deciding_pattern_is_named() -> None:
    file = parse_ignore("# head\n*\n!src\nsrc/*.log\n")
    assert file.verdict("src/a.py") == file.patterns[1]
    assert file.verdict("src/a.log") == file.patterns[2]
    assert file.verdict("README") == file.patterns[0]
    assert file.source.slice(file.patterns[1].span) == "!src"
    assert parse_ignore("src").verdict("other") is None


@pytest.mark.parametrize(
    ("before", "added", "after"),
    [
        ("", ["a"], "a\n"),
        ("x\n", ["a", "b"], "x\na\nb\n"),
        ("x", ["a", "b"], "x\na\nb"),
        ("x\r\n", ["a"], "x\r\na\r\n"),
        (".env*\n# sample\n!.env.example\n", [".env*"], ".env*\n.env*\n# sample\n!.env.example\n"),
        ("*\n!src\n", ["src/node_modules"], "*\n!src\nsrc/node_modules\n"),
        ("*\n!src/**\n", ["node_modules"], "*\n!src/**\nnode_modules\n"),
        ("*\n!src/**/keep\n", ["**/node_modules"], "*\n**/node_modules\n!src/**/keep\n"),
        ("\ufeff!a\n", ["a"], "\ufeffa\n!a\n"),
        ("x\n", [], "x\n"),
    ],
)
def test_new_lines_go_before_what_brings_back(before: str, added: list[str], after: str) -> None:
    change = parse_ignore(before).insert_before_first_reinclude(added)
    assert change.file.text == after
    assert before[: change.offset] + change.inserted + before[change.offset :] == after


def test_effect_is_asked_from_the_new_file() -> None:
    file = parse_ignore("*\n!src\n")
    assert not file.ignored("src/node_modules/x")
    assert file.insert_before_first_reinclude(["src/node_modules"]).file.ignored("src/node_modules/x")


def test_an_ignored_directory_is_entered_only_for_a_reinclude() -> None:
    file = parse_ignore("*\n!src/*.py\n!docs/**/keep\n")
    assert file.may_reinclude_below("src")
    assert not file.may_reinclude_below("src/deep")
    assert not file.may_reinclude_below("node_modules")
    assert file.may_reinclude_below("docs/any/thing")
    assert not parse_ignore("*").may_reinclude_below("src")


def test_pathspec_is_imported_only_for_the_deciding_pattern() -> None:
    code = (
        "import sys\n"
        "from copylast.context.ignore import parse_ignore\n"
        "file = parse_ignore('a\\n!b')\n"
        "assert file.ignored('a') and file.ignored('a/x') and not file.ignored('b')\n"
        "assert file.verdict('') is None\n"
        "assert 'pathspec' not in sys.modules\n"
        "assert file.verdict('a')\n"
        "assert 'pathspec' in sys.modules\n"
    )
    root = Path(__file__).parents[3]
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": str(root / "lint")})


def test_the_spec_is_an_ordinary_pathspec() -> None:
    import pathspec

    from copylast.context.ignore_spec import build

    spec = build(["*", "!src", "# not a pattern"])
    assert isinstance(spec, pathspec.PathSpec)
    assert list(spec.match_files(["a", "src/b"])) == ["a"]
    assert list(spec.match_files(["a", "src/b"], negate=True)) == ["src/b"]
    assert [result.index for result in spec.check_files(["a", "src/b"])] == [0, 1]
    lines = pathspec.PathSpec.from_lines("dockerignore", ["x"])
    assert lines.match_file("x")
