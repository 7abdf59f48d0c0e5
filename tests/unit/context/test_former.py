"""How a Dockerfile read in the commits that changed it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from copylast.cli import main
from copylast.context.former import former_texts


def _git(top: Path, *words: str) -> None:
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(top), *who, *words], check=True, capture_output=True)


def _text(version: int) -> str:
    return f"FROM debian:12\nENV APP_VERSION={version}\nRUN apt-get update && apt-get install -y nginx\n"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    top = tmp_path / "top"
    (top / "docker").mkdir(parents=True)
    _git(top, "init", "-q")
    for version in range(5):
        (top / "docker" / "Dockerfile").write_text(_text(version))
        (top / "other").write_text(f"{version}")
        _git(top, "add", "-A")
        _git(top, "commit", "-qm", "one")
        (top / "other").write_text(f"{version} and more")
        _git(top, "commit", "-qam", "another")
    monkeypatch.chdir(top)
    return top


def test_the_texts_of_the_commits_that_changed_it(repository: Path) -> None:
    assert former_texts(str(repository / "docker" / "Dockerfile")) == tuple(map(_text, (4, 3, 2, 1, 0)))


def test_a_file_that_was_away_for_a_while(repository: Path) -> None:
    _git(repository, "rm", "-q", "docker/Dockerfile")
    _git(repository, "commit", "-qm", "away")
    (repository / "docker").mkdir(exist_ok=True)
    (repository / "docker" / "Dockerfile").write_text(_text(9))
    _git(repository, "add", "-A")
    _git(repository, "commit", "-qm", "back")
    assert former_texts("docker/Dockerfile")[:2] == (_text(9), _text(4))


def test_no_history(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text(_text(1))
    assert former_texts(str(tmp_path / "Dockerfile")) == ()


def test_the_rule_reads_them(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["check", "--isolated", "--select", "CPL203", "--format", "concise"]
    assert main(asked) == 0
    said = "docker/Dockerfile:2:1: CPL203 `apt-get install` runs again for every new APP_VERSION"
    assert said in capsys.readouterr().out
    assert main([*asked, "--fix", "--unsafe-fixes"]) == 0
    lines = _text(4).splitlines(keepends=True)
    assert Path("docker/Dockerfile").read_text() == "".join((lines[0], lines[2], lines[1]))
