"""PDM: what is read, what refuses, when the lock is proved to be up to date."""

from __future__ import annotations

import pytest
from tests.unit.readers.project import closure, gates, paths

INSTALL = "pdm install --no-self"
PROJECT = """\
[project]
name = "app"
version = "1"
requires-python = ">=3.11"
dependencies = ["six>=1.16", "lib @ file:///${PROJECT_ROOT}/libs/lib"]
[project.optional-dependencies]
x = ["idna"]
[dependency-groups]
dev = ["attrs"]
[build-system]
requires = ["pdm-backend"]
build-backend = "pdm.backend"
"""
LOCK = """\
[metadata]
groups = ["default", "dev"]
content_hash = "sha256:85f3a1b5eae3b30b43497d766a5f89eff52caba62a6f70e2c89b7869eeeaab04"

[[package]]
name = "lib"
version = "1"
path = "./libs/lib"

[[package]]
name = "six"
version = "1.17.0"
"""
FILES: dict[str, str | None] = {"pyproject.toml": PROJECT, "pdm.lock": LOCK, "libs/lib/setup.py": ""}


def test_manifest_lock_and_local_packages() -> None:
    got = closure(INSTALL, FILES)
    assert paths(got) == ["libs/lib/", "pdm.lock", "pyproject.toml"]
    assert not got.refusals and not got.unsafe, "the hash is the one that PDM 2.25 wrote"
    assert got.writes == ("/app/.venv",)


def test_settings_come_along() -> None:
    got = closure(INSTALL, {**FILES, "pdm.toml": "", ".python-version": "3.12"})
    assert paths(got, required=False) == [".python-version?", "pdm.toml?"]


def test_editable_packages_of_a_group() -> None:
    text = PROJECT + '[tool.pdm.dev-dependencies]\nlocal = ["-e file:///${PROJECT_ROOT}/libs/dev#egg=dev"]\n'
    got = closure(INSTALL, {**FILES, "pyproject.toml": text, "libs/dev/setup.py": ""})
    assert "libs/dev/" in paths(got)


@pytest.mark.parametrize("command", ["pdm sync --no-self", f"{INSTALL} --frozen-lockfile", f"{INSTALL} --check"])
def test_a_lock_that_is_kept(command: str) -> None:
    assert not closure(command, {**FILES, "pyproject.toml": PROJECT.replace("1.16", "1.17")}).unsafe


def test_a_lock_that_may_be_written_is_unsafe() -> None:
    got = closure(INSTALL, {**FILES, "pyproject.toml": PROJECT.replace("1.16", "1.17")})
    assert got.unsafe and "/app/pdm.lock" in got.writes


def test_without_a_lock() -> None:
    files = {path: text for path, text in FILES.items() if path != "pdm.lock"}
    assert gates(closure("pdm sync --no-self", files)) == [4]
    got = closure(INSTALL, files)
    assert got.unsafe and not got.refusals and "libs/lib/" in paths(got)


@pytest.mark.parametrize(
    ("files", "gate"),
    [
        ({}, 4),
        ({**FILES, "pyproject.toml": "[project"}, 3),
        ({"pyproject.toml": PROJECT, "pdm.lock": LOCK}, 4),
        ({**FILES, "pdm.lock": LOCK.replace("./libs/lib", ".")}, 5),
        ({**FILES, "pyproject.toml": PROJECT + '[tool.pdm]\nplugins = ["-e file:///${PROJECT_ROOT}/x"]\n'}, 3),
    ],
    ids=["no manifest", "malformed", "absent package", "itself", "plugins"],
)
def test_refuses(files: dict[str, str | None], gate: int) -> None:
    assert gates(closure(INSTALL, files)) == [gate]
