"""CPL306 on a real repository: how grave it is hangs on git alone, and a guessed context is no ground."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from tests.casebook import REGISTRY

from copylast.app import App, Request
from copylast.context.memory import MemoryContext
from copylast.dockerfile.parse import parse
from copylast.dockerfile.scope import evaluate
from copylast.dockerfile.source import Source
from copylast.layers.model import build_model
from copylast.rule.diagnostic import Diagnostic, Severity
from copylast.rule.rule import View
from copylast_rules.context.copied_path_ignored import CopiedPathIgnored

_DOCKERFILE = "FROM scratch\nCOPY src /src\nCOPY built /built\n"


def git(root: Path, *arguments: str) -> None:
    environment = {"PATH": os.environ["PATH"], "HOME": str(root)}
    subprocess.run(["git", *arguments], cwd=root, env=environment, check=True)


def found(root: Path) -> list[tuple[str, Severity]]:
    result = App(Request((str(root),), isolated=True)).run()
    assert not result.failures
    return [(_DOCKERFILE[d.span.start : d.span.end], d.severity) for d in result.reports[0].diagnostics]


def test_says_the_same_in_a_fresh_clone_as_on_a_laptop(tmp_path: Path) -> None:
    files = {"Dockerfile": _DOCKERFILE, ".dockerignore": "src\nbuilt\n", ".gitignore": "built\n", "src/a": ""}
    (tmp_path / "src").mkdir()
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    fresh = found(tmp_path)
    assert fresh == [("src", Severity.ERROR), ("built", Severity.INFO)]
    (tmp_path / "built").mkdir()
    (tmp_path / "built" / "a").write_text("")
    assert found(tmp_path) == fresh


def test_git_is_not_run_where_nothing_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("nobody should be asked")

    (tmp_path / "Dockerfile").write_text("FROM scratch\nCOPY a /a\n")
    (tmp_path / ".dockerignore").write_text("b\n")
    (tmp_path / "a").write_text("")
    git(tmp_path, "init", "-q")
    monkeypatch.setattr(subprocess, "run", refuse)
    monkeypatch.setattr(subprocess, "Popen", refuse)
    assert found(tmp_path) == []


def _look(text: str, files: dict[str, str], certain: bool = True) -> list[Diagnostic]:
    dockerfile = parse(Source(text, "Dockerfile"))
    context = MemoryContext({"Dockerfile": text, **files})
    model = build_model(dockerfile, evaluate(dockerfile), context, REGISTRY)
    rule = CopiedPathIgnored()
    return list(rule.check(View(dockerfile, model, context, rule.Options(), certain)))


def test_says_nothing_of_a_context_that_is_only_guessed() -> None:
    files = {".dockerignore": "src", "src/a": ""}
    assert len(_look("FROM scratch\nCOPY src /src\n", files)) == 1
    assert _look("FROM scratch\nCOPY src /src\n", files, certain=False) == []


def test_says_nothing_of_an_ignore_file_that_no_build_can_read() -> None:
    assert _look("FROM scratch\nCOPY src /src\n", {".dockerignore": "src\n[\n", "src/a": ""}) == []


def test_a_manifest_is_said_once_and_not_where_a_copy_names_it() -> None:
    files = {"requirements.txt": "rich\n", ".dockerignore": "*.txt\n"}
    install = "RUN pip install -r requirements.txt\n"
    assert len(_look(f"FROM python:3.12\nWORKDIR /app\nCOPY . .\n{install}{install}", files)) == 1
    (only,) = _look(f"FROM python:3.12\nWORKDIR /app\nCOPY requirements.txt ./\n{install}", files)
    assert only.message.startswith("COPY brings requirements.txt")


@pytest.mark.parametrize(
    "brings",
    [
        "COPY --from=other/image /requirements.txt ./",
        "COPY <<EOF requirements.txt\nrich\nEOF",
        "ADD https://example.org/requirements.txt ./",
        "RUN curl -o requirements.txt https://example.org/requirements.txt",
    ],
)
def test_a_manifest_may_come_from_elsewhere(brings: str) -> None:
    text = f"FROM python:3.12\nWORKDIR /app\nCOPY . .\n{brings}\nRUN pip install -r requirements.txt\n"
    assert _look(text, {"requirements.txt": "rich\n", ".dockerignore": "*.txt\n"}) == []


def test_the_second_of_two_mounts_is_pointed_at() -> None:
    text = (
        "FROM alpine\nRUN --mount=type=bind,source=a,target=/a --mount=type=bind,src=b,target=/b,readonly cat /a /b\n"
    )
    (only,) = _look(text, {"a": "", "b": "", ".dockerignore": "b"})
    assert text[only.span.start : only.span.end] == "--mount=type=bind,src=b,target=/b,readonly"


@pytest.mark.parametrize(
    ("earlier", "found"), [("npm i -g npm@10", 1), ("npm i --package-lock-only", 0), ("npm shrinkwrap", 0), ("true", 1)]
)
def test_a_lockfile_that_an_earlier_install_may_write(earlier: str, found: int) -> None:
    files = {"package.json": '{"name": "a"}', "package-lock.json": "{}", ".dockerignore": "package-lock.json"}
    assert len(_look(f"FROM node:20\nWORKDIR /app\nCOPY . .\nRUN {earlier} && npm ci\n", files)) == found
