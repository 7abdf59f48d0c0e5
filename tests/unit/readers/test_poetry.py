"""Poetry: what is read, what refuses."""

from __future__ import annotations

import pytest
from tests.unit.readers.project import closure, gates, paths

INSTALL = "poetry install --no-root"
PROJECT = '[project]\nname = "a"\nversion = "1"\ndependencies = ["six"]\n'
LOCK = '[[package]]\nname = "six"\nversion = "1.17.0"\n'
FILES = {"pyproject.toml": PROJECT, "poetry.lock": LOCK}


def _local(kind: str, path: str) -> str:
    return f'\n[[package]]\nname = "lib"\nversion = "1"\n\n[package.source]\ntype = "{kind}"\nurl = "{path}"\n'


def test_manifest_and_lock_are_read() -> None:
    got = closure(INSTALL, FILES)
    assert paths(got) == ["poetry.lock", "pyproject.toml"]
    assert not got.refusals and not got.unsafe


def test_settings_come_along() -> None:
    got = closure(INSTALL, {**FILES, "poetry.toml": "[virtualenvs]\nin-project = true\n"})
    assert paths(got) == ["poetry.lock", "poetry.toml?", "pyproject.toml"]
    assert got.writes == ("/app/.venv",)


@pytest.mark.parametrize(
    "environment", [{"POETRY_VIRTUALENVS_CREATE": "false"}, {"POETRY_VIRTUALENVS_IN_PROJECT": "false"}]
)
def test_no_environment_in_the_project(environment: dict[str, str | None]) -> None:
    assert closure(INSTALL, FILES, environment=environment).writes == ()


def test_path_dependencies_of_the_lock_bring_their_directories() -> None:
    files = {**FILES, "poetry.lock": LOCK + _local("directory", "libs/lib"), "libs/lib/pyproject.toml": ""}
    assert paths(closure(INSTALL, files)) == ["libs/lib/", "poetry.lock", "pyproject.toml"]
    assert paths(closure(f"{INSTALL} --no-directory", files)) == ["poetry.lock", "pyproject.toml"]


def test_a_path_dependency_beside_the_project() -> None:
    files = {**FILES, "poetry.lock": LOCK + _local("directory", "../lib"), "/lib/setup.py": ""}
    assert paths(closure(INSTALL, files)) == ["poetry.lock", "pyproject.toml", "/lib/"]


def test_an_archive_is_needed_whatever_is_left_out() -> None:
    files = {**FILES, "poetry.lock": LOCK + _local("file", "wheels/lib-1.whl"), "wheels/lib-1.whl": ""}
    expected = ["poetry.lock", "pyproject.toml", "wheels/lib-1.whl"]
    assert paths(closure(f"{INSTALL} --no-directory", files)) == expected


def test_without_a_lock_pyproject_says_what_is_local() -> None:
    text = '[tool.poetry.dependencies]\nlib = { path = "libs/lib", develop = true }\n'
    text += '[tool.poetry.group.dev.dependencies]\nother = [{ path = "libs/other" }]\n'
    files = {"pyproject.toml": text, "libs/lib/setup.py": "", "libs/other/pyproject.toml": ""}
    got = closure(INSTALL, files)
    assert paths(got) == ["libs/lib/", "libs/other/", "pyproject.toml"]
    assert got.unsafe and "/app/poetry.lock" in got.writes


@pytest.mark.parametrize(
    ("files", "gate"),
    [
        ({}, 4),
        ({"pyproject.toml": "[project\n", "poetry.lock": LOCK}, 3),
        ({"pyproject.toml": "a = " + "[" * 3000, "poetry.lock": LOCK}, 3),
        ({**FILES, "poetry.lock": LOCK + _local("directory", "libs/lib")}, 4),
        ({**FILES, "poetry.lock": LOCK + _local("directory", ".")}, 5),
        ({**FILES, "poetry.lock": None}, 11),
        ({**FILES, "pyproject.toml": PROJECT + "[tool.poetry-dynamic-versioning]\nenable = true\n"}, 3),
    ],
    ids=["no manifest", "malformed", "deep", "absent dependency", "itself", "linked lock", "version from git"],
)
def test_refuses(files: dict[str, str | None], gate: int) -> None:
    assert gates(closure(INSTALL, files)) == [gate]


def test_nothing_to_install() -> None:
    assert closure(INSTALL, {**FILES, "poetry.lock": "package = []\n"}).idle
