"""Diffs that git takes."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import Project
from tests.unit.output.samples import report, run

from copylast.engine.report import Changed
from copylast.output.diff import diff
from copylast.output.opcodes import opcodes


@pytest.mark.parametrize("name", ["Dockerfile", "a b/Dockerfile", 'we"ird\\name', "tab\there", "é/Dockerfile"])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("FROM a\nRUN b\n", "FROM a\nRUN c\n"),
        ("FROM a\nRUN b", "FROM a\nRUN c"),
        ("FROM a\nRUN b", "FROM a\nRUN b\nRUN c\n"),
        ("FROM a\r\nRUN b\r\n", "FROM a\r\nRUN c\r\n"),
        ("FROM a\nRUN \u2028 \x0c \r x\nRUN y\n", "FROM a\nRUN \u2028 \x0c \r z\nRUN y\n"),
        ("\ufeffFROM a\n", "\ufeffFROM b\n"),
        (None, "**/node_modules\n"),
        ("a\n" * 30, "a\n" * 10 + "b\n" + "a\n" * 20),
    ],
)
def test_git_apply_makes_the_same(project: Project, name: str, before: str | None, after: str) -> None:
    top = project({name: before} if before is not None else {"x": ""})
    text = diff(run(report(path=name, changes={name: Changed(before, after)}), mode="diff"))
    for command in (["--check"], []):
        done = subprocess.run(
            ["git", "-c", "core.autocrlf=false", "apply", "--whitespace=nowarn", *command, "-"],
            input=text.encode(),
            cwd=top,
            capture_output=True,
        )
        assert done.returncode == 0, (done.stderr, text)
    assert Path(name).read_bytes().decode() == after


def test_one_file_changed_by_two_dockerfiles_is_shown_once() -> None:
    one = report(path="a", changes={"a": Changed("1\n", "2\n"), "ignore": Changed(None, "x\n")})
    two = report(path="b", changes={"ignore": Changed("x\n", "x\ny\n")})
    text = diff(run(one, two, mode="diff"))
    assert text.count("+++ b/ignore") == 1 and "+x\n+y\n" in text


def test_no_change_is_no_text() -> None:
    assert diff(run(report(), report(changes={"a": Changed("x", "x")}))) == ""


def test_a_path_from_the_root_is_named_as_git_does() -> None:
    text = diff(run(report(path="/srv/Dockerfile", changes={"/srv/Dockerfile": Changed("a\n", "b\n")})))
    assert text.startswith("--- a/srv/Dockerfile\n+++ b/srv/Dockerfile\n")


def test_a_block_is_marked_from_its_first_line() -> None:
    before = "FROM a\nWORKDIR /s\n\n# all\nCOPY . ./x/\n"
    after = "FROM a\nWORKDIR /s\n\nCOPY l ./x/\nWORKDIR /s/x\nRUN i\nWORKDIR /s\n\n# all\nCOPY . ./x/\n"
    text = diff(run(report(path="a", changes={"a": Changed(before, after)})))
    assert "+COPY l ./x/\n+WORKDIR /s/x\n+RUN i\n+WORKDIR /s\n+\n # all\n" in text
    text = diff(run(report(path="a", changes={"a": Changed(after, before)})))
    assert "-COPY l ./x/\n-WORKDIR /s/x\n-RUN i\n-WORKDIR /s\n-\n # all\n" in text


@given(*[st.lists(st.sampled_from("abc"), max_size=12)] * 2)
def test_opcodes_tell_how_one_becomes_the_other(old: list[str], new: list[str]) -> None:
    made: list[str] = []
    i0 = k0 = 0
    for tag, i, j, k, m in opcodes(old, new):
        assert (i, k) == (i0, k0) and (i < j or k < m)
        assert (old[i:j] == new[k:m]) == (tag == "equal")
        made += old[i:j] if tag == "equal" else new[k:m]
        i0, k0 = j, m
    assert (i0, k0) == (len(old), len(new)) and made == new
