"""uv: what is read, what refuses, when the lock is proved to be up to date."""

from __future__ import annotations

import pytest
from tests.unit.readers.project import closure, gates, paths

SYNC = "uv sync --locked --no-install-project"
PROJECT = '[project]\nname = "app"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = ["six>=1.16"]\n'
LOCK = """\
version = 1
requires-python = ">=3.11"

[[package]]
name = "app"
version = "1"
source = { editable = "." }
dependencies = [
    { name = "six" },
]

[package.metadata]
requires-dist = [{ name = "six", specifier = ">=1.16" }]

[[package]]
name = "six"
version = "1.17.0"
source = { registry = "https://pypi.org/simple" }
"""
FILES: dict[str, str | None] = {"pyproject.toml": PROJECT, "uv.lock": LOCK}


def _lib(kind: str = "editable", path: str = "packages/lib") -> str:
    """The lock of an app that depends on a local library."""
    lock = LOCK.replace('    { name = "six" },\n', '    { name = "lib" },\n    { name = "six" },\n')
    lock = lock.replace("requires-dist = [", f'requires-dist = [{{ name = "lib", {kind} = "{path}" }}, ')
    return f'{lock}\n[[package]]\nname = "lib"\nversion = "1"\nsource = {{ {kind} = "{path}" }}\n'


WORKSPACE: dict[str, str | None] = {
    "pyproject.toml": PROJECT.replace("[", "[", 1).replace('["six>=1.16"]', '["six>=1.16", "lib"]')
    + '[tool.uv.workspace]\nmembers = ["packages/*"]\nexclude = ["packages/old"]\n'
    + "[tool.uv.sources]\nlib = { workspace = true }\n",
    "uv.lock": _lib(),
    "packages/lib/pyproject.toml": '[project]\nname = "lib"\nversion = "1"\n',
    "packages/lib/lib.py": "",
    "packages/old/pyproject.toml": '[project]\nname = "old"\n',
    "packages/README.md": "",
    "packages/notes/todo.txt": "",
}


def test_manifest_lock_and_settings() -> None:
    files = {**FILES, "uv.toml": "", ".python-version": "3.12\n"}
    got = closure(SYNC, files)
    assert paths(got) == [".python-version?", "pyproject.toml", "uv.lock", "uv.toml?"]
    assert not got.refusals and not got.unsafe
    assert got.writes == ("/app/.venv",)


@pytest.mark.parametrize(
    ("environment", "writes"),
    [({"UV_PROJECT_ENVIRONMENT": "/usr/local"}, ()), ({"UV_PROJECT_ENVIRONMENT": "env"}, ("/app/env",))],
)
def test_where_the_environment_is_made(environment: dict[str, str | None], writes: tuple[str, ...]) -> None:
    assert closure(SYNC, FILES, environment=environment).writes == writes


def test_members_of_a_workspace_are_read_but_for_the_excluded_ones() -> None:
    got = closure("uv sync --locked --no-install-workspace", WORKSPACE)
    assert paths(got) == ["packages/lib/pyproject.toml", "pyproject.toml", "uv.lock"]
    assert not got.refusals


def test_members_that_are_built_bring_their_source() -> None:
    got = closure(SYNC, WORKSPACE)
    assert paths(got) == ["packages/lib/", "pyproject.toml", "uv.lock"]


def test_a_frozen_install_without_members_reads_only_the_root() -> None:
    assert paths(closure("uv sync --frozen --no-install-workspace", WORKSPACE)) == ["pyproject.toml", "uv.lock"]


def test_a_member_finds_its_workspace_above() -> None:
    got = closure("uv sync --locked --no-install-workspace", WORKSPACE, cwd="/app/packages/lib")
    assert paths(got) == ["packages/lib/pyproject.toml", "pyproject.toml", "uv.lock"]
    assert got.writes == ("/app/.venv",)


def test_a_member_that_nobody_depends_on_is_not_built() -> None:
    lock = _lib().replace('    { name = "lib" },\n', "")
    assert paths(closure(SYNC, {**WORKSPACE, "uv.lock": lock})) == [
        "packages/lib/pyproject.toml",
        "pyproject.toml",
        "uv.lock",
    ]


def test_path_dependencies() -> None:
    files: dict[str, str | None] = {
        **FILES,
        "uv.lock": _lib("directory", "libs/lib"),
        "libs/lib/pyproject.toml": '[project]\nname = "lib"\n',
    }
    assert paths(closure(SYNC, files)) == ["libs/lib/", "pyproject.toml", "uv.lock"]
    local = "uv sync --locked --no-install-local"
    assert paths(closure(local, files)) == ["libs/lib/pyproject.toml", "pyproject.toml", "uv.lock"]
    assert paths(closure("uv sync --frozen --no-install-local", files)) == ["pyproject.toml", "uv.lock"]


def test_a_wheel_by_path() -> None:
    files: dict[str, str | None] = {**FILES, "uv.lock": _lib("path", "wheels/lib-1.whl"), "wheels/lib-1.whl": ""}
    assert paths(closure(SYNC, files)) == ["pyproject.toml", "uv.lock", "wheels/lib-1.whl"]


@pytest.mark.parametrize(
    "text",
    [
        PROJECT,
        PROJECT.replace("six>=1.16", "Six >= 1.16"),
        PROJECT + "[tool.uv]\npackage = true\n",
        PROJECT + "[dependency-groups]\n",
    ],
)
def test_a_lock_that_is_up_to_date_is_not_written(text: str) -> None:
    got = closure("uv sync --no-install-project", {**FILES, "pyproject.toml": text})
    assert not got.unsafe and got.writes == ("/app/.venv",)


@pytest.mark.parametrize(
    "text",
    [
        PROJECT.replace("six>=1.16", "six>=1.17"),
        PROJECT.replace("six>=1.16", 'six>=1.16", "idna'),
        PROJECT.replace('"six>=1.16"', ""),
        PROJECT.replace(">=3.11", ">=3.12"),
        PROJECT.replace('"app"', '"other"'),
        PROJECT + '[dependency-groups]\ndev = ["attrs"]\n',
        PROJECT + '[project.optional-dependencies]\nx = ["attrs"]\n',
        PROJECT + '[tool.uv]\noverride-dependencies = ["six==1.16"]\n',
    ],
)
def test_a_lock_that_may_be_written_is_unsafe(text: str) -> None:
    got = closure("uv sync --no-install-project", {**FILES, "pyproject.toml": text})
    assert got.unsafe and "/app/uv.lock" in got.writes


def test_without_a_lock() -> None:
    files: dict[str, str | None] = {"pyproject.toml": PROJECT}
    assert gates(closure(SYNC, files)) == [4]
    got = closure("uv sync --no-install-project", files)
    assert got.unsafe and not got.refusals


@pytest.mark.parametrize(
    ("files", "gate"),
    [
        ({}, 4),
        ({**FILES, "pyproject.toml": "[project"}, 3),
        ({**FILES, "pyproject.toml": PROJECT.replace("version = \"1\"", "").replace(
            "dependencies = [\"six>=1.16\"]", "dynamic = [\"dependencies\"]")}, 5),
        ({**FILES, "uv.lock": _lib("directory", "libs/lib")}, 4),
        ({**FILES, "uv.lock": None}, 11),
        ({**WORKSPACE, "pyproject.toml": PROJECT + '[tool.uv.workspace]\nmembers = ["p/{a,b}"]\n'}, 2),
        ({**FILES, "pyproject.toml": PROJECT + '[[tool.uv.index]]\nurl = "./absent"\n'}, 3),
    ],
    ids=["no manifest", "malformed", "dynamic", "absent dependency", "linked lock", "odd members", "absent index"],
)  # fmt: skip
def test_refuses(files: dict[str, str | None], gate: int) -> None:
    assert gates(closure(SYNC, files)) == [gate]


def test_a_lock_that_is_too_long_to_follow() -> None:
    got = closure(SYNC, {**FILES, "uv.lock": LOCK + "\n[[package]]" * 100_001})
    assert gates(got) == [3] and "too long" in got.refusals[0].reason


def test_an_environment_of_its_own_installs_nothing() -> None:
    got = closure("uv venv", {**FILES, ".python-version": "3.12"})
    assert got.idle and paths(got) == [".python-version?", "pyproject.toml?"]
    assert got.writes == ("/app/.venv",)


@pytest.mark.parametrize(
    ("command", "files", "expected"),
    [
        ("uv pip install --system -r requirements.txt", {"requirements.txt": "-c c.txt\nsix\n", "c.txt": ""},
         ["c.txt", "requirements.txt"]),
        ("uv pip sync requirements.txt", {"requirements.txt": "six\n"}, ["requirements.txt"]),
        ("uv pip install -r pyproject.toml", {"pyproject.toml": PROJECT}, ["pyproject.toml"]),
        ("uv pip install --system -r requirements.txt",
         {"requirements.txt": "six\n", "pyproject.toml": "[tool.uv]\n", "uv.toml": ""},
         ["pyproject.toml?", "requirements.txt", "uv.toml?"]),
        ("uv pip install -r r.txt --overrides o.txt", {"r.txt": "", "o.txt": ""}, ["o.txt", "r.txt"]),
    ],
)  # fmt: skip
def test_uv_pip_reads(command: str, files: dict[str, str | None], expected: list[str]) -> None:
    got = closure(command, files)
    assert not got.refusals and paths(got) == expected


@pytest.mark.parametrize(
    ("command", "files", "gate"),
    [
        ("uv pip install -r pyproject.toml", {"pyproject.toml": '[project]\ndynamic = ["dependencies"]\n'}, 5),
        ("uv pip install -r setup.py", {"setup.py": ""}, 5),
        ("uv pip install -r requirements.txt", {}, 4),
        ("uv pip install -r requirements.txt", {"requirements.txt": "-e .", "setup.py": ""}, 5),
    ],
)
def test_uv_pip_refuses(command: str, files: dict[str, str | None], gate: int) -> None:
    assert gates(closure(command, files)) == [gate]


@pytest.mark.parametrize("variable", ["UV_CONSTRAINT", "UV_OVERRIDE"])
def test_variables_name_files(variable: str) -> None:
    files: dict[str, str | None] = {"requirements.txt": "", "c.txt": ""}
    got = closure("uv pip install -r requirements.txt", files, environment={variable: "c.txt"})
    assert paths(got) == ["c.txt", "requirements.txt"]


@pytest.mark.parametrize(
    ("command", "expected"), [("pip-sync", ["requirements.txt"]), ("pip-sync dev.txt", ["dev.txt", "requirements.txt"])]
)
def test_pip_sync(command: str, expected: list[str]) -> None:
    got = closure(command, {"requirements.txt": "six", "dev.txt": "-r requirements.txt"})
    assert not got.refusals and paths(got) == expected
