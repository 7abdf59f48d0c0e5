"""Ignore files before and after a fix, and sources that one leaves out: what a real BuildKit makes of them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from tests.casebook import repair
from tests.conformance.buildkit.daemon import PrivateDocker
from tests.conformance.buildkit.projects import write_files

from copylast.context.disk import DiskContext
from copylast.prove.docker import Built, Request
from copylast.prove.filesystem import read_tree
from copylast_rules.context.artifacts_in_context import ArtifactsInContext
from copylast_rules.context.churn_in_context import ChurnInContext
from copylast_rules.context.copied_path_ignored import CopiedPathIgnored
from copylast_rules.context.ignore_file_missing import IgnoreFileMissing
from copylast_rules.context.ignore_pattern_not_nested import IgnorePatternNotNested

_RULES = (IgnoreFileMissing(), ChurnInContext(), ArtifactsInContext(), IgnorePatternNotNested())
_DOCKERFILE = "FROM scratch\nCOPY . /app\n"
_LOOKED_AT = "FROM debian:12\nCOPY . /app\nRUN make -C /app\n"
"""What the fix is for: with work below that each change of a local file runs again."""
_OURS = {
    "docs/guide.md": "",
    "docs/build.log.md": "",
    "shop/__init__.py": "",
    "shop/app.py": "",
    "requirements.txt": "flask\n",
    ".gitignore": "__pycache__/\n*.py[cod]\n*.log\n/.mypy_cache\n.idea/\ncoverage\nuploads\n",
}
_LOCAL = (
    "__pycache__/a.pyc",
    "shop/__pycache__/app.pyc",
    "shop/old.pyc",
    "coverage/index.html",
    "debug.log",
    "shop/debug.log",
    ".mypy_cache/x",
    ".idea/a",
    "shop/.idea/b",
)
_KEPT = ("uploads/a.png", "shop/.mypy_cache/x")
"""Nobody checked them in either, and no fix is about them."""


def _built(place: Path, output: Path, private: PrivateDocker) -> Built:
    return private.docker.build(Request(str(place), str(place / "Dockerfile"), output=str(output)))


def _files(place: Path, output: Path, private: PrivateDocker) -> set[str]:
    """What a build copies, without git's own files."""
    made = _built(place, output, private)
    assert made.ok, made.complaint
    paths = [path.removeprefix("app/") for path, one in read_tree(str(output)).items() if one.kind == "file"]
    return {path if not path.startswith(".git/") else ".git" for path in paths}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (".dockerignore", None),
        (".dockerignore", "# ours\n__pycache__\n"),
        (".dockerignore", "docs\r\n!docs/guide.md\r\nrequirements.txt"),
        ("Dockerfile.dockerignore", "docs/*.log.md\n"),
        (".dockerignore", "*.pyc\n!shop\n"),
    ],
)
def test_a_fix_leaves_out_what_it_says_and_nothing_else(
    name: str, text: str | None, private: PrivateDocker, tmp_path: Path
) -> None:
    ours = {**_OURS, "Dockerfile": _DOCKERFILE, **({} if text is None else {name: text})}
    place = write_files(tmp_path / "project", ours)
    subprocess.run(["git", "init", "-q", str(place)], check=True)
    subprocess.run(["git", "-C", str(place), "add", "-A"], check=True)
    for path in (*_LOCAL, *_KEPT):
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        (place / path).write_text("x")
    before = _files(place, tmp_path / "before.tar", private)
    outcome = repair(
        _LOOKED_AT, DiskContext(place, place / "Dockerfile", label=""), "Dockerfile", unsafe=True, rules=_RULES
    )
    assert not outcome.skipped and list(outcome.texts) == [name]
    (place / name).write_bytes(outcome.texts[name].encode())
    after = _files(place, tmp_path / "after.tar", private)
    assert before - after == before & {*_LOCAL, ".git"}
    assert after - before == ({name} if text is None else set())


@pytest.mark.parametrize(
    "title",
    [
        "A folder",
        "The folder before a wildcard",
        "A file that is made before the build",
        "A later line brings it back",
        "A wildcard that may match nothing",
    ],
)
def test_a_source_that_is_left_out_fails_the_build(title: str, private: PrivateDocker, tmp_path: Path) -> None:
    (example,) = [one for one in CopiedPathIgnored.examples if one.title == title]
    lines = example.dockerfile.splitlines(keepends=True)
    place = write_files(tmp_path / "project", {**example.files, "Dockerfile": "".join(("FROM scratch\n", *lines[1:]))})
    made = _built(place, tmp_path / "image.tar", private)
    assert made.ok != example.found, made.complaint
    assert made.ok or "not found" in made.complaint or "no such file" in made.complaint
