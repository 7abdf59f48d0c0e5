"""CPL109 on a real repository: what git knows, what it does not, and that nobody asks it unless the rule is chosen."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from copylast.app import App, Request
from copylast.context import history
from copylast.engine.layer import Layer

_DOCKERFILE = "FROM scratch\nCOPY src /src\nCOPY static /static\nCOPY built /built\n"


def git(root: Path, *arguments: str, told: str | None = None) -> None:
    environment = {"PATH": os.environ["PATH"], "HOME": str(root)}
    subprocess.run(["git", *arguments], cwd=root, env=environment, input=told, text=True, check=True)


def commit(number: int, files: dict[str, str]) -> str:
    """A commit as ``git fast-import`` reads it: one process makes all of them."""
    parts = [f"commit refs/heads/main\ncommitter a <a@b> {number} +0000\ndata 0\n"]
    parts += [f"M 100644 inline {path}\ndata {len(text)}\n{text}\n" for path, text in files.items()]
    return "".join(parts)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """51 commits: all but the first change ``src``, none changes ``static`` again; git does not track ``built``."""
    root = tmp_path_factory.mktemp("repository")
    first = {"Dockerfile": _DOCKERFILE, ".gitignore": "built\n", "static/file": "0"}
    git(root, "init", "-q", "-b", "main")
    told = [commit(0, first), *(commit(number, {"src/file": str(number)}) for number in range(1, 51))]
    git(root, "fast-import", "--quiet", told="".join(told))
    git(root, "reset", "-q", "--hard")
    (root / "built").mkdir()
    (root / "built" / "file").write_text("0")
    return root


@pytest.fixture(autouse=True)
def no_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def refuse(*_: object, **__: object) -> None:
    raise AssertionError("nobody should be asked")


def chosen(root: Path) -> Layer:
    return Layer({"extend-select": ("CPL109",)}, "the test", str(root))


def found(root: Path, ask: bool = True) -> list[tuple[str, int]]:
    overrides = chosen(root) if ask else None
    result = App(Request((str(root),), overrides=overrides, isolated=True)).run()
    assert not result.failures
    return [(d.code, d.span.start) for report in result.reports for d in report.diagnostics]


def test_what_rarely_changes_and_is_known_to_git_is_found(repository: Path) -> None:
    assert found(repository) == [("CPL109", _DOCKERFILE.index("COPY static"))]


def test_all_that_could_stand_above_the_same_copy_is_one_finding(repository: Path) -> None:
    text = "FROM scratch\nCOPY src /src\nCOPY static /a\nCOPY static /b\n"
    (repository / "other.Dockerfile").write_text(text)
    result = App(Request((str(repository / "other.Dockerfile"),), overrides=chosen(repository), isolated=True)).run()
    (repository / "other.Dockerfile").unlink()
    (only,) = result.reports[0].diagnostics
    assert only.span.start == text.index("COPY static /a")
    assert [label.span.start for label in only.labels] == [text.index("COPY src"), text.index("COPY static /b")]


def test_git_is_not_run_for_a_rule_that_nobody_chose(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "run", refuse)
    assert not found(repository, ask=False)


def test_a_dockerfile_without_a_candidate_asks_for_no_history(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "load_history", refuse)
    (tmp_path / "Dockerfile").write_text("FROM scratch\nCOPY src /src\n")
    shutil.copytree(repository / "src", tmp_path / "src")
    assert not found(tmp_path)


def test_without_a_repository_there_is_nothing_to_say(repository: Path, tmp_path: Path) -> None:
    project = tmp_path / "project"
    shutil.copytree(repository, project, ignore=shutil.ignore_patterns(".git"))
    assert not found(project)
