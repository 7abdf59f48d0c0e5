"""The smaller commands, called in this process."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from tests.conftest import ROOT, Project
from tests.schemas import problems

from copylast.cli import main
from copylast.cli.config import initial
from copylast.cli.options import style_of
from copylast.engine.config import read_config


def test_rules_lists_everything(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project({})
    assert main(["rules"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == sorted(line.split()[0] for line in lines)
    assert any(line.split()[:3] == ["CPL101", "source-before-install", "warning"] for line in lines)
    assert main(["rules", "--format", "json"]) == 0
    assert {"code", "name", "severity", "opt_in", "plugin", "summary"} == set(
        json.loads(capsys.readouterr().out)["rules"][0]
    )


def test_explain_by_code_name_and_prefix(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project({})
    assert main(["explain", "source-before-install", "CPL90"]) == 0
    out = capsys.readouterr().out
    for words in ("# CPL101 source-before-install", "# CPL900", "# CPL901", "# CPL902", "## Why it matters"):
        assert words in out


def test_config_schema_is_the_committed_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "schema"]) == 0
    committed = json.loads((ROOT / "lint/copylast/engine/config.schema.json").read_text())
    assert json.loads(capsys.readouterr().out) == committed
    good = {"select": ["ALL"], "rules": {"x": {"y": 1}}, "per-file-ignores": {"*": ["CPL1"]}}
    assert problems(committed, good) == []
    assert problems(committed, {"selct": []})


def test_config_init_changes_nothing(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project({})
    assert main(["config", "init"]) == 0
    (layer,) = read_config("copylast.toml")
    assert not layer.values
    assert main(["config", "init"]) == 2
    assert "is there already" in capsys.readouterr().err


def test_every_line_of_the_initial_file_is_valid_when_it_counts(project: Project) -> None:
    project({})
    text = initial()
    lines = [line[2:] for line in text.splitlines() if line.startswith("# ") and (" = " in line or line[2] == "[")]
    assert len(lines) > 15
    Path("copylast.toml").write_text("\n".join(sorted(lines, key=lambda line: line.startswith("["))) + "\n")
    assert read_config("copylast.toml")


def test_config_show_names_the_source(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project({"copylast.toml": 'ignore = ["CPL101"]\n'})
    assert main(["config", "show"]) == 0
    out = capsys.readouterr().out
    assert 'ignore = ["CPL101"]  # copylast.toml\n' in out
    assert 'fail-level = "warning"  # default\n' in out


def test_every_flag_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("check", "explain", "rules", "config", "prove"):
        with pytest.raises(SystemExit) as caught:
            main([command, "--help"])
        assert caught.value.code == 0
        # The general ones are said once; a command of its own kind has its own.
        assert ("exit codes" in capsys.readouterr().out) == (command == "prove")
    with pytest.raises(SystemExit):
        main(["--help"])
    out = capsys.readouterr().out
    assert "exit codes" in out and all(name in out for name in ("check", "explain", "rules", "config"))


class Stream:
    def __init__(self, terminal: bool, encoding: str = "utf-8") -> None:
        self.terminal, self.encoding = terminal, encoding

    def isatty(self) -> bool:
        return self.terminal

    def fileno(self) -> int:
        raise OSError


@pytest.mark.parametrize(
    ("choice", "terminal", "environment", "color"),
    [
        (None, True, {}, True),
        (None, False, {}, False),
        (None, True, {"NO_COLOR": "1"}, False),
        (None, True, {"NO_COLOR": ""}, True),
        (None, False, {"FORCE_COLOR": "1"}, True),
        (None, False, {"FORCE_COLOR": "0"}, False),
        (None, False, {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (None, True, {"TERM": "dumb"}, False),
        ("always", False, {"NO_COLOR": "1"}, True),
        ("never", True, {"FORCE_COLOR": "1"}, False),
    ],
)
def test_color(
    monkeypatch: pytest.MonkeyPatch, choice: str | None, terminal: bool, environment: dict[str, str], color: bool
) -> None:
    from copylast.cli.plain import Options

    monkeypatch.setenv("TERM", "xterm")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    style = style_of(Options(color=choice, quiet=None), Stream(terminal))
    assert style.color is color


def test_width_and_ascii(monkeypatch: pytest.MonkeyPatch) -> None:
    from copylast.cli.plain import Options

    options = Options(color=None, quiet=None)
    assert style_of(options, Stream(True)).width == 80
    assert style_of(options, Stream(False)).width == 0
    monkeypatch.setenv("COLUMNS", "100")
    assert style_of(options, Stream(True)).width == 100
    assert style_of(options, Stream(True, "ascii")).unicode is False
    assert style_of(options, Stream(True, "latin-1")).unicode is False
    assert style_of(options).unicode is True


def test_what_was_not_read_for_want_of_a_library_is_said(
    project: Project, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    workflow = "jobs:\n  a:\n    steps:\n      - uses: docker/build-push-action@v6\n        with: {context: .}\n"
    files = {f".github/workflows/{name}.yml": workflow for name in "abc"}
    project({"Dockerfile": "FROM scratch\n", **files})
    assert main(["check", "--isolated"]) == 0
    names = ".github/workflows/a.yml, .github/workflows/b.yml and 1 more"
    said = f"copylast: {names} may declare builds and were not read: "
    assert capsys.readouterr().err == f"{said}PyYAML is not installed\n"
    assert main(["check", "--isolated", "-v"]) == 0
    assert "PyYAML is not installed, so .github/workflows/c.yml was not read for builds\n" in capsys.readouterr().err
    assert main(["check", "--isolated", "-q"]) == 0
    assert capsys.readouterr().err == ""
    # Where the context is told and no argument could be new at each build, nobody asks them.
    assert main(["check", "--isolated", "--context", "."]) == 0
    assert capsys.readouterr().err == ""


def test_the_builder_may_be_told_or_configured(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    text = "FROM debian:12\nLABEL a=1\nRUN apt-get update && apt-get install -y nginx\n"
    asked = ["check", "--select", "metadata-early", "--format", "concise", "--fail-level", "info"]
    project({"Dockerfile": text})
    assert main([*asked, "--isolated"]) == 0
    assert main([*asked, "--isolated", "--builder", "buildah"]) == 1
    assert "buildah runs `apt-get install` again" in capsys.readouterr().out
    project({"Dockerfile": text, "copylast.toml": 'builder = "kaniko"\n'})
    assert main(asked) == 1
    assert "kaniko runs `apt-get install` again" in capsys.readouterr().out
    assert main([*asked, "--fix", "--unsafe-fixes"]) == 0
    assert Path("Dockerfile").read_text() == (
        "FROM debian:12\nRUN apt-get update && apt-get install -y nginx\nLABEL a=1\n"
    )


@pytest.mark.parametrize("more", [[], ["--context", "."]])
def test_a_cache_export_counts_where_the_context_is_told_too(
    project: Project, capsys: pytest.CaptureFixture[str], more: list[str]
) -> None:
    text = "FROM node:20 AS build\nCOPY package.json ./\nRUN npm install\nFROM nginx:1.27\nCOPY --from=build /x /x\n"
    files = {"Dockerfile": text, "package.json": '{"name": "a"}'}
    asked = ["check", "--isolated", "--select", "CPL503", "--format", "concise", *more]
    project({**files, "build.sh": "docker buildx build --cache-to type=gha .\n"})
    assert main(asked) == 0
    assert "Dockerfile:3:5: CPL503 the cache that build.sh:1 exports (type=gha)" in capsys.readouterr().out
    project({**files, "build.sh": "docker buildx build .\n"})
    assert main(asked) == 0
    assert "CPL503" not in capsys.readouterr().out
