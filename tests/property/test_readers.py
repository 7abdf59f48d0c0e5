"""Readers answer for any text: they never raise and never take long."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.readers.project import closure

PREPARE = '{"scripts": {"prepare": "node a.js"}}'

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

REQUIREMENT = st.sampled_from(
    [
        "-r ",
        "-c ",
        "-e ",
        "-f ",
        "--requirement=",
        "./",
        "../",
        "file:",
        "a @ ",
        "git+",
        "#",
        " ",
        "\\\n",
        "\n",
        "\r\n",
    ]
    + [
        "a",
        "[x]",
        ";",
        "'",
        '"',
        "${A}",
        "$A",
        "--hash=",
        "requirements.txt",
        ".whl",
        "//",
        "%",
        "=",
        "\x00",
        "\ufeff",
        "-",
    ]
)
GO = st.sampled_from(
    [
        "module ",
        "require ",
        "replace ",
        "use ",
        "go ",
        "(",
        ")",
        "=>",
        "./",
        "../",
        '"',
        "`",
        "//",
        "\n",
        "\r",
        " ",
        "a",
        "v1.2.3",
    ]
    + ["1.22", "\\", ",", "x", "\t", "\x00", "1.", "١"]
)
SCRIPT = st.sampled_from(
    [
        "node ",
        "sh ",
        "./",
        "a.js",
        "b.sh",
        "&&",
        "||",
        ";",
        "|",
        "npm run ",
        "x",
        "'",
        '"',
        "$",
        "`",
        "(",
        "patch-package",
        " ",
    ]
    + [
        "prisma generate",
        "--schema",
        "=",
        "npx ",
        "cross-env ",
        "A=1",
        "husky",
        "[ -n ",
        "]",
        "test ",
        "\\",
        "\n",
    ]
)
CODE = st.sampled_from(
    [
        "require(",
        "'./a'",
        '"./b.js"',
        ")",
        "import ",
        " from ",
        "fs",
        ".readFileSync(",
        "path.join(__dirname, ",
        "'x'",
        "//",
        "/*",
    ]
    + ["*/", "\n", ";", "{", "}", "`", "new URL(", "import.meta.url", "eval", "node:fs", "'fs'", ",", " "]
)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.sampled_from(["file:a", "a/*", "**", "!a", "./a.tgz"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "name",
                    "workspaces",
                    "packages",
                    "scripts",
                    "dependencies",
                    "bin",
                    "overrides",
                    "directories",
                    "postinstall",
                ]
                + [
                    "prisma",
                    "schema",
                    "resolved",
                    "link",
                    "lockfileVersion",
                    "",
                    "a",
                    "node_modules/a",
                    "version",
                    "prepare",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=15,
)


def text(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(parts, max_size=25).map("".join) | st.text(max_size=40)


def answers(command: str, files: Mapping[str, str | None]) -> None:
    began = time.monotonic()
    got = closure(command, files)
    assert time.monotonic() - began < 5
    assert list(got.needs) == sorted(set(got.needs))
    assert len({n.path for n in got.needs}) == len(got.needs)
    assert all(n.path.startswith("/") and n.why for n in got.needs)
    assert list(got.writes) == sorted(set(got.writes))


@QUICK
@given(text(REQUIREMENT), text(REQUIREMENT))
def test_requirements(first: str, second: str) -> None:
    files = {"requirements.txt": first, "a": second, "a.whl": "", "x/setup.py": second, "pip.conf": first}
    answers("pip install -r requirements.txt", files)
    answers("pip install -r requirements.txt", {"requirements.txt": "a", "/etc/pip.conf": first})
    answers("pip install --group a", {"pyproject.toml": first})


@QUICK
@given(text(GO), text(GO))
def test_go(first: str, second: str) -> None:
    answers("go mod download", {"go.mod": first, "go.sum": second, "a/go.mod": second})
    answers("go build .", {"go.work": first, "go.mod": second, "x/go.mod": first})


@QUICK
@given(JSON, JSON, JSON)
def test_package_json(first: object, second: object, third: object) -> None:
    files = {
        "package.json": json.dumps(first),
        "package-lock.json": json.dumps(third),
        "a/package.json": json.dumps(second),
        "a/b/package.json": json.dumps(first),
        "a.js": "",
    }
    answers("npm ci", files)
    answers("npm install", files)


@QUICK
@given(text(SCRIPT), text(CODE), text(SCRIPT))
def test_scripts(script: str, code: str, shell: str) -> None:
    files = {
        "package.json": json.dumps({"scripts": {"postinstall": script, "x": shell}}),
        "package-lock.json": "{}",
        "a.js": code,
        "b.js": code,
        "b.sh": shell,
        "x": "",
        "prisma/schema.prisma": code,
        "prisma.config.ts": code,
    }
    answers("npm ci", files)


@QUICK
@given(st.text(max_size=60), st.text(max_size=30))
def test_settings(npmrc: str, manifest: str) -> None:
    answers("npm ci", {"package.json": "{}", "package-lock.json": "{}", ".npmrc": npmrc})
    answers("npm ci", {"package.json": manifest, "package-lock.json": npmrc})


@pytest.mark.parametrize(
    ("command", "files"),
    [
        ("pip install -r requirements.txt", {"requirements.txt": "a \\\n" * 50_000}),
        ("pip install -r requirements.txt", {"requirements.txt": "-" * 200_000}),
        ("pip install -r requirements.txt", {"requirements.txt": " " * 200_000 + "x"}),
        ("pip install -r requirements.txt", {"requirements.txt": "x @ " + "[" * 100_000}),
        ("pip install --group a", {"pyproject.toml": "[dependency-groups\n" + "[" * 100_000}),
        ("go mod download", {"go.mod": 'require "' * 50_000}),
        (
            "go mod download",
            {"go.mod": "require (\n" + " a v1\n" * 50_000 + ")", "go.sum": "a v1 h1:\n" * 50_000},
        ),
        ("npm ci", {"package.json": "[" * 100_000, "package-lock.json": "{}"}),
        ("npm ci", {"package.json": '{"workspaces": ["**/**/**/**/x"]}', "package-lock.json": "{}"}),
        ("npm ci", {"package.json": '{"workspaces": ["' + "{a,b}" * 30 + '"]}', "package-lock.json": "{}"}),
        (
            "npm ci",
            {
                "package.json": '{"workspaces": ["' + "*a" * 30 + '"]}',
                "package-lock.json": "{}",
                "a" * 60 + "/p": "",
            },
        ),
        (
            "npm ci",
            {
                "package.json": json.dumps({"scripts": {"prepare": "a" * 100_000 + "&" * 99_999}}),
                "package-lock.json": "{}",
            },
        ),
        (
            "npm ci",
            {"package.json": PREPARE, "package-lock.json": "{}", "a.js": "import " * 20_000},
        ),
        (
            "npm ci",
            {
                "package.json": PREPARE,
                "package-lock.json": "{}",
                "a.js": "path.join(__dirname" + ", 'a'" * 30_000,
            },
        ),
        (
            "npm ci",
            {
                "package.json": '{"scripts": {"prepare": "prisma generate"}}',
                "package-lock.json": "{}",
                "prisma/schema.prisma": "generator a {\n" * 10_000,
            },
        ),
    ],
    ids=range(15),
)
def test_hostile_files_take_no_time(command: str, files: dict[str, str | None]) -> None:
    answers(command, files)


def test_a_deep_tree_of_workspaces() -> None:
    files: dict[str, str | None] = {"package.json": '{"workspaces": ["**/*"]}', "package-lock.json": "{}"}
    for i in range(40):
        files["/".join(["d"] * i + ["package.json"])] = files.get(
            "/".join(["d"] * i + ["package.json"]), "{}"
        )
    answers("npm ci", files)
