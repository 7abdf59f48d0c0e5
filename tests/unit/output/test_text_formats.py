"""The formats for people."""

from __future__ import annotations

import pytest
from tests.unit.output.samples import TEXT, finding, fixed, report, rich, run, span

from copylast.dockerfile.source import Source
from copylast.output.concise import concise
from copylast.output.full import full
from copylast.output.run import Style
from copylast.rule.diagnostic import Diagnostic, Label, Safety, Severity

WHOLE = """\
CPL101 [*] `pip install` runs again
 --> Dockerfile:2:1
   |
 2 | COPY . .
   | ^^^^^^^^ 3 files change this step
 3 | RUN pip install -r requirements.txt
   | ----------------------------------- rebuilt with it
note: a note
help: copy requirements.txt and install before copying the rest
   |
 1   FROM python:3.12
 2 + COPY requirements.txt ./
 3 + RUN pip install -r requirements.txt
 4   COPY . .
   - RUN pip install -r requirements.txt

Found 1 problem in 1 file (1 fixable with --fix).
"""


def example() -> Diagnostic:
    return finding(
        label="3 files change this step",
        labels=(Label(span(TEXT, "RUN pip install -r requirements.txt"), "rebuilt with it"),),
        notes=("a note",),
        help="copy requirements.txt and install before copying the rest",
        fix=fixed(),
    )


def test_full_as_promised() -> None:
    text = full(run(report(example())))
    assert text == WHOLE.replace(" 1   FROM python:3.12\n", "")


def test_colour_adds_only_colour() -> None:
    import re

    colored = full(run(report(example()), style=Style(color=True)))
    assert "\x1b[" in colored
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == full(run(report(example())))


def test_concise() -> None:
    assert concise(run(report(example()))).splitlines()[0] == "Dockerfile:2:1: CPL101 [*] `pip install` runs again"


def test_nothing_found() -> None:
    assert full(run(report(), report(path="b"))) == "No problems in 2 files.\n"
    assert full(run(report(), style=Style(quiet=1))) == ""


def test_what_was_fixed_is_said() -> None:
    done = report(applied=(example(), example()))
    text = full(run(done, mode="fix", style=Style(show_fixes=True)))
    assert text == "Dockerfile: fixed CPL101 source-before-install x 2\nFixed 2 problems in 1 file.\n"
    left = report(finding(), applied=(example(),))
    assert full(run(left, mode="fix")).endswith("Fixed 1 problem in 1 file. Left 1 problem in 1 file.\n")


def test_unsafe_fixes_are_counted_apart() -> None:
    unsafe = example()._replace(fix=fixed()._replace(safety=Safety.UNSAFE), withheld="not sure")
    text = full(run(report(unsafe)))
    assert text.startswith("CPL101 `pip") and "(unsafe)" in text and "note: not sure" in text
    assert "(1 fixable with --unsafe-fixes)" in text
    assert "(1 fixable with --fix, 1 with --unsafe-fixes)" in full(run(report(example(), unsafe)))


def test_statistics() -> None:
    text = concise(run(report(example(), finding()), style=Style(statistics=True)))
    assert "\n2 CPL101 source-before-install\n" in text


def test_an_unseen_terminal_command_is_not_passed_on() -> None:
    text = "FROM a\nRUN echo \x1b]0;title\x07\ttab\n"
    found = finding(text, "RUN", message="say \x1b[31m")
    out = full(run(report(found, text=text, path="a\x1b[2Jb")))
    assert "\x1b" not in out and "\x07" not in out
    ascii_out = full(run(report(found, text=text), style=Style(unicode=False)))
    assert ascii_out.isascii()


def test_carets_stand_under_their_text_behind_tabs() -> None:
    text = "FROM a\nRUN\tx\ttarget\n"
    lines = full(run(report(finding(text, "target"), text=text))).splitlines()
    assert lines[3].index("target") == lines[4].index("^")
    assert lines[4].count("^") == len("target")


def test_long_lines_are_cut_to_the_width() -> None:
    text = "FROM a\nRUN " + "x" * 500 + "\n"
    out = full(run(report(finding(text, "RUN"), text=text), style=Style(width=60)))
    assert max(map(len, out.splitlines())) <= 60
    assert "…" in out
    piped = full(run(report(finding(text, "RUN"), text=text)))
    assert max(map(len, piped.splitlines())) <= 210


@pytest.mark.parametrize("text", ["", "\n", "\ufeffFROM a", "FROM a", "FROM a\r\nRUN b\r\n"])
def test_places_at_the_edges(text: str) -> None:
    from copylast.dockerfile.source import Span

    for at in range(len(text) + 1):
        found = Diagnostic("CPL900", "syntax-error", "x", Span(at, min(at + 3, len(text))), Severity.ERROR)
        for width in (0, 30):
            assert "CPL900" in full(run(report(found, text=text), style=Style(width=width)))


def test_far_labels_are_joined_by_dots() -> None:
    text = "FROM a\n" + "RUN x\n" * 8 + "RUN end\n"
    found = finding(text, "FROM", labels=(Label(span(text, "RUN end"), "here"),))
    out = full(run(report(found, text=text)))
    assert "\n  ...\n 10 | RUN end\n" in out
    assert Source(text).position(span(text, "RUN end").start).line == 10


def test_everything_at_once() -> None:
    out = full(rich())
    assert " --> d ir/.dockerignore\n" in out
    assert "+ **/.venv" in out
