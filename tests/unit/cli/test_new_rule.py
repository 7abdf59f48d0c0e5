"""``copylast new-rule``: the file it writes works as it is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tests.conftest import Project

from copylast.cli import main
from copylast.rule.documentation import HEADINGS, documentation
from copylast.rule.plugins import load_plugins
from copylast.testing import rule_cases

Capture = pytest.CaptureFixture[str]


@pytest.mark.parametrize("name", ["latest-tag", "rule", "none", "x2"])
def test_the_file_is_a_plugin_whose_examples_hold(project: Project, name: str) -> None:
    project({})
    assert main(["new-rule", "ACME101", name]) == 0
    (handle,) = [one for one in load_plugins(local=[f"{name.replace('-', '_')}.py"]).rules if one.code == "ACME101"]
    rule = handle.load()
    assert handle.name == name
    assert tuple(title for title, _ in documentation(rule).sections) == HEADINGS
    assert [example.silent is None for example in rule.examples] == [True, False]
    for case in rule_cases(rule):
        case.check()


def test_what_it_says_to_do_next_works(project: Project, capsys: Capture) -> None:
    top = project({"Dockerfile": "FROM scratch\nMAINTAINER me\n"})
    assert main(["new-rule", "ACME101", "old-word"]) == 0
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    (test,) = [line for line in lines if line.startswith("python -c ")]
    code = test.removeprefix('python -c "').removesuffix('"')
    done = subprocess.run([sys.executable, "-c", code], cwd=top, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    Path("copylast.toml").write_text(next(line for line in lines if line.startswith("local-plugins")) + "\n")
    assert main(["check", "--select", "ACME101", "--format", "concise"]) == 1
    assert "Dockerfile:2:1: ACME101 MAINTAINER is deprecated" in capsys.readouterr().out


def test_into_a_folder_and_never_over_a_file(project: Project, capsys: Capture) -> None:
    project({"rules/here.py": "mine\n"})
    assert main(["new-rule", "ACME101", "new", "--into", "rules"]) == 0
    assert Path("rules/new.py").is_file()
    assert main(["new-rule", "ACME102", "here", "--into", "rules"]) == 2
    assert "rules/here.py: is there already" in capsys.readouterr().err
    assert Path("rules/here.py").read_text() == "mine\n"
    assert main(["new-rule", "ACME102", "other", "--into", "gone"]) == 2


@pytest.mark.parametrize(
    ("code", "name", "words"),
    [
        ("CPL999", "mine", "codes that begin with CPL belong to copylast"),
        ("acme1", "mine", "two or more capital letters and three digits"),
        ("ACME101", "Mine", "the name 'Mine' is not kebab-case"),
        ("ACME101", "../mine", "is not kebab-case"),
        ("ACME101", "source-before-install", "is already a rule of copylast_rules"),
        ("ACME101", "json", "would hide the module"),
    ],
)
def test_what_it_refuses(project: Project, capsys: Capture, code: str, name: str, words: str) -> None:
    top = project({})
    assert main(["new-rule", code, name]) == 2
    assert words in capsys.readouterr().err
    assert [path.name for path in top.iterdir()] == [".git"]


def test_check_does_not_import_it(project: Project) -> None:
    project({"Dockerfile": "FROM scratch\n"})
    look = "sys.exit('copylast.cli.new_rule' in sys.modules)"
    code = f"import sys; from copylast.cli import main; main(['check']); {look}"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True).returncode == 0
