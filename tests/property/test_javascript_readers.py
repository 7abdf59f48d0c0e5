"""The readers of Yarn, pnpm, Bun and Deno answer for any text, quickly, and for big workspaces too."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.readers.project import MemoryFiles, closure

from copylast.ecosystem.readers import Closure

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
YAML = st.sampled_from(
    "packages: |- |: |patchedDependencies:|yarnPath: |plugins:|a|'|\"|&x |*x|!t |[|]|{|}|,|#| # |\n|\n  |\n    |\r\n"
    "|\t|%|@|`|\\|<<: |---\n|'packages/*'|\x00|é|~|> |? ".split("|")
)
LOCK = st.sampled_from(
    "lockfileVersion: '9.0'\n|importers:\n|settings:\n|\n  .:\n|  a: {}\n|    dependencies:\n|      b:\n|\n"
    "        specifier: 1\n|packages:\n|# yarn lockfile v1\n|a@1:\n|  version \"1\"\n|  resolved x\n|  integrity y\n"
    "|  dependencies:\n|    b 2\n|__metadata:\n|\"|:|,|'|{|}".split("|")
)
JSONC = st.sampled_from(
    '{|}|[|]|,|:|"|// x\n|/* y */|/*|\\|"imports"|"workspace"|"importMap"|"a"|1|null|"lockfileVersion"|"x"'.split("|")
)


def text(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(parts, max_size=40).map("".join)


def timed(command: str, files: Mapping[str, str | None], most: float = 5) -> Closure:
    """The closure, within a time that only something quadratic would need."""
    began = time.process_time()
    got = closure(command, files)
    assert time.process_time() - began < most
    return got


@QUICK
@given(text(YAML), text(LOCK), text(YAML))
def test_settings_and_locks_in_yaml(settings: str, lock: str, rc: str) -> None:
    manifest = '{"workspaces": ["a"], "dependencies": {"b": "1"}}'
    files: dict[str, str | None] = {"package.json": manifest, "a/package.json": "{}"}
    timed("pnpm install", {**files, "pnpm-workspace.yaml": settings, "pnpm-lock.yaml": lock})
    timed("pnpm fetch", {**files, "pnpm-workspace.yaml": settings, "pnpm-lock.yaml": lock})
    timed("yarn install", {**files, ".yarnrc.yml": rc, "yarn.lock": lock})
    timed("yarn install", {**files, ".yarnrc": rc, "yarn.lock": "# yarn lockfile v1\n" + lock})


@QUICK
@given(text(JSONC), text(JSONC))
def test_json_with_comments(manifest: str, lock: str) -> None:
    timed("deno install", {"deno.jsonc": manifest, "deno.lock": lock})
    timed("bun install", {"package.json": "{}", "bun.lock": lock, "bunfig.toml": manifest})


BIG = 20_000_000


@pytest.mark.parametrize(
    ("command", "files"),
    [
        ("pnpm install", {"package.json": "{}", "pnpm-workspace.yaml": "packages:\n" + "  - a\n" * (BIG // 6)}),
        ("pnpm install", {"package.json": "{}", "pnpm-workspace.yaml": "a: " + "[" * 9_000}),
        ("pnpm install", {"package.json": "{}", "pnpm-workspace.yaml": "a" + " " * 900_000 + "b"}),
        ("pnpm install", {"package.json": "{}", "pnpm-workspace.yaml": ("a" + " " * 9_000 + "b\n") * 100}),
        ("pnpm install", {"package.json": "{}", "pnpm-workspace.yaml": "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"}),
        ("pnpm install", {"package.json": "{}", "pnpm-workspace.yaml": "\n".join(" " * i + "a:" for i in range(1000))}),
        ("pnpm install", {"package.json": "{}", "pnpm-workspace.yaml": "packages: ['" + "{a,b}" * 30 + "']\n"}),
        ("yarn install", {"package.json": "{}", ".yarnrc.yml": "a: 'b" + "''" * 400_000}),
        ("yarn install", {"package.json": "{}", ".yarnrc": "x\n" * 1_000_000}),
        ("deno install", {"deno.json": "/*" * 500_000}),
        ("deno install", {"deno.json": '"' + '\\"' * 500_000}),
        ("deno install", {"deno.json": "[" * 1_000_000}),
        ("yarn install", {"package.json": '{"a": "' + "x" * (BIG + 1) + '"}'}),
    ],
    ids=range(13),
)
def test_hostile_files_end_in_a_refusal(command: str, files: dict[str, str | None]) -> None:
    assert timed(command, files).refusals


@pytest.mark.parametrize(
    ("command", "files"),
    [
        ("yarn install", {"package.json": "{}", "yarn.lock": "# yarn lockfile v1\n" + "a@1:\n" * (BIG // 10)}),
        ("yarn install", {"package.json": "{}", "yarn.lock": "# yarn lockfile v1\n" + ":" * (BIG // 10)}),
        ("pnpm install", {"package.json": "{}", "pnpm-lock.yaml": "lockfileVersion: '9.0'\n" + ":" * (BIG // 10)}),
        ("pnpm install", {"package.json": "{}", "pnpm-lock.yaml": "\nimporters:\n" + "  a:\n" * (BIG // 10)}),
        ("bun install", {"package.json": "{}", "bun.lock": ", " * 1_000_000}),
    ],
    ids=range(5),
)
def test_hostile_locks_end_in_a_doubt(command: str, files: dict[str, str | None]) -> None:
    assert timed(command, files).unsafe


def test_packages_that_name_each_other() -> None:
    files: dict[str, str | None] = {
        "package.json": '{"dependencies": {"a": "portal:a"}}',
        ".yarnrc.yml": "",
        "yarn.lock": "__metadata:\n",
        "a/package.json": '{"dependencies": {"b": "portal:../b"}}',
        "b/package.json": '{"dependencies": {"a": "portal:../a", "root": "portal:.."}}',
    }
    got = timed("yarn install --immutable", files)
    assert not got.refusals and len(got.needs) == 5


MEMBERS = 5000


class Indexed(MemoryFiles):
    """Lists directories as quickly as a real context does."""

    def __init__(self, files: Mapping[str, str | None]) -> None:
        super().__init__(files)
        self._names: dict[str, list[str]] = {}
        for path in sorted((*self.texts, *self.directories)):
            self._names.setdefault(path.rpartition("/")[0] or "/", []).append(path.rpartition("/")[2])

    def names(self, path: str) -> tuple[str, ...]:
        return tuple(self._names.get(path, ()))


@pytest.mark.parametrize(
    ("command", "more"),
    [
        ("npm ci", {"package-lock.json": '{"lockfileVersion": 3, "packages": {}}'}),
        ("yarn install --frozen-lockfile", {"yarn.lock": "# yarn lockfile v1\n"}),
        ("yarn install --immutable", {"yarn.lock": "__metadata:\n", ".yarnrc.yml": ""}),
        ("pnpm install", {"pnpm-lock.yaml": "", "pnpm-workspace.yaml": "packages: ['packages/*']\n"}),
        ("bun install --frozen-lockfile", {"bun.lock": "{}"}),
    ],
)
def test_a_workspace_of_thousands(command: str, more: dict[str, str | None], monkeypatch: pytest.MonkeyPatch) -> None:
    members = [f"packages/p{i}" for i in range(MEMBERS)]
    files: dict[str, str | None] = {"package.json": '{"workspaces": ["packages/*"]}', **more}
    for i, member in enumerate(members):
        wanted = {f"p{(i + 1) % MEMBERS}": "*", "react": "^18.0.0"}
        manifest = {"name": f"p{i}", "scripts": {"build": "x"}, "dependencies": wanted}
        files[f"{member}/package.json"] = json.dumps(manifest)
    if command == "pnpm install":
        entries = "".join(
            f"  {member}:\n    dependencies:\n      p{(i + 1) % MEMBERS}:\n        specifier: '*'\n"
            "        version: link:x\n      react:\n        specifier: ^18.0.0\n        version: 18.0.0\n\n"
            for i, member in enumerate(members)
        )
        head = "lockfileVersion: '9.0'\n\nsettings:\n  autoInstallPeers: true\n  excludeLinksFromLockfile: false\n\n"
        files["pnpm-lock.yaml"] = f"{head}importers:\n\n  .: {{}}\n\n{entries}packages:\n"
    indexed = Indexed(files)

    def listed(files: Mapping[str, str | None], root: str) -> Indexed:
        return indexed

    monkeypatch.setattr("tests.unit.readers.project.MemoryFiles", listed)
    # A fifth of a second on an idle machine.
    got = timed(command, files, 2)
    assert sum(need.path.startswith("/app/packages/") for need in got.needs) == MEMBERS
    assert not got.refusals and not got.unsafe
