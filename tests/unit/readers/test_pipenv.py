"""Pipenv: what is read, what refuses, when the lock is proved to be up to date."""

from __future__ import annotations

import json

import pytest
from tests.unit.readers.project import closure, gates, paths

INSTALL = "pipenv install --system"
PIPFILE = """\
[[source]]
url = "https://pypi.org/simple"
verify_ssl = true
name = "pypi"

[packages]
six = "*"
lib = {path = "./libs/lib", editable = true}

[dev-packages]

[docs]
idna = "*"

[requires]
python_version = "3.11"

[scripts]
x = "echo"
"""
HASH = "366077940488bcce908bf0821fea0a1d10340afc655dfc16e73777fde13e9fc8"
LOCK = json.dumps(
    {
        "_meta": {"hash": {"sha256": HASH}},
        "default": {"lib": {"editable": True, "path": "./libs/lib"}, "six": {"version": "==1.17.0"}},
        "develop": {"w": {"file": "wheels/w-1.whl"}, "u": {"file": "https://example.org/u-1.whl"}},
    }
)
FILES: dict[str, str | None] = {
    "Pipfile": PIPFILE,
    "Pipfile.lock": LOCK,
    "libs/lib/setup.py": "",
    "wheels/w-1.whl": "",
}
ALL = ["Pipfile", "Pipfile.lock", "libs/lib/", "wheels/w-1.whl"]


def test_manifest_lock_and_local_packages() -> None:
    got = closure(INSTALL, FILES)
    assert paths(got) == ALL
    assert not got.refusals and not got.unsafe and not got.writes, "the hash is the one that Pipenv 2026.10 wrote"


@pytest.mark.parametrize("command", ["pipenv sync", f"{INSTALL} --deploy", f"{INSTALL} --ignore-pipfile"])
def test_a_lock_that_is_kept(command: str) -> None:
    assert not closure(command, {**FILES, "Pipfile": PIPFILE.replace('"*"', '"1"')}).unsafe


def test_a_lock_that_may_be_written_is_unsafe() -> None:
    got = closure(INSTALL, {**FILES, "Pipfile": PIPFILE.replace('"*"', '"1"')})
    assert got.unsafe and got.writes == ("/app/Pipfile.lock",)


def test_without_a_lock() -> None:
    files = {path: text for path, text in FILES.items() if path != "Pipfile.lock"}
    assert gates(closure("pipenv sync", files)) == [4]
    got = closure(INSTALL, files)
    assert got.unsafe and not got.refusals and paths(got) == ["Pipfile", "libs/lib/"]


def test_sync_is_content_with_the_lock() -> None:
    files = {path: text for path, text in FILES.items() if path != "Pipfile"}
    got = closure("pipenv sync", files)
    assert not got.refusals and paths(got) == ALL[1:]


def test_the_environment_in_the_project() -> None:
    got = closure("pipenv sync", FILES, environment={"PIPENV_VENV_IN_PROJECT": "1"})
    assert got.writes == ("/app/.venv",)


def test_the_pipfile_of_a_variable() -> None:
    files = {f"conf/{path}": text for path, text in FILES.items()}
    got = closure("pipenv sync", files, environment={"PIPENV_PIPFILE": "conf/Pipfile"})
    assert not got.refusals and paths(got) == [f"conf/{path}" for path in ALL]


@pytest.mark.parametrize(
    ("files", "gate"),
    [
        ({}, 4),
        ({**FILES, "Pipfile": "[packages"}, 3),
        ({**FILES, "Pipfile.lock": "{"}, 3),
        ({**FILES, "Pipfile.lock": "[" * 100_000}, 3),
        ({"Pipfile": PIPFILE, "Pipfile.lock": "{}"}, 4),
        ({**FILES, "Pipfile": '[packages]\napp = {path = ".", editable = true}\n'}, 5),
        ({**FILES, "Pipfile": None}, 11),
    ],
    ids=["no manifest", "malformed", "malformed lock", "deep lock", "absent package", "itself", "link"],
)
def test_refuses(files: dict[str, str | None], gate: int) -> None:
    assert gates(closure(INSTALL, files)) == [gate]
