"""CPL303: which command makes which local result again, and who else would miss it."""

from __future__ import annotations

import pytest
from tests.casebook import lint

from copylast.context.memory import MemoryContext
from copylast.dockerfile.source import Source
from copylast_rules.context.artifacts_in_context import ArtifactsInContext


def _look(text: str, local: str, files: dict[str, str] | None = None) -> list[tuple[str, str | None]]:
    known = {".dockerignore": "docs\n", ".gitignore": f"{local}\n", **(files or {})}
    found = lint(Source(text, "Dockerfile"), MemoryContext(known), (ArtifactsInContext(),))[1]
    return [(d.message.removeprefix(".dockerignore lets "), d.withheld) for d in found]


@pytest.mark.parametrize(
    ("run", "local", "said"),
    [
        ("cargo build --release", "target", "target through, though `cargo build` makes it again"),
        ("mvn -B package", "target/", "target through, though `mvn package` makes it again"),
        ("gradle build", "build", "build through, though `gradle build` makes it again"),
        ("dotnet publish -c Release", "bin/\nobj/", "bin and obj through, though `dotnet publish` makes them again"),
        ("composer install", "/vendor/", "vendor through, though `composer install` makes it again"),
        ("npm run build", "dist", "dist through, though `npm run build` makes it again"),
        ("yarn build", "**/dist", "dist through, though `yarn build` makes it again"),
        ("uv sync", ".venv", ".venv through, though `uv sync` makes it again"),
        ("pnpm install", "node_modules", "node_modules through, though `pnpm install` makes it again"),
    ],
)
def test_what_a_command_makes_again(run: str, local: str, said: str) -> None:
    text = f"FROM debian\nWORKDIR /app\nCOPY . .\nRUN {run}\n"
    assert [message for message, _ in _look(text, local)] == [said]
    other = {"ci/Dockerfile": "FROM debian\nCOPY . /app\n"}
    name = local.split("\n", maxsplit=1)[0].strip("/").removeprefix("**/")
    held = [withheld for _, withheld in _look(text, local, other)]
    assert held[0] == f"ci/Dockerfile:2 brings {name} and does not make it again"


@pytest.mark.parametrize(
    ("run", "local"),
    [
        ("npm start", "dist"),
        ("npm run migrate", "dist"),
        ("go mod download", "vendor"),
        ("make", "build"),
        ("cargo build", "dist"),
        ("pip install -r requirements.txt", "node_modules"),
        ("npm ci || true", "dist"),
    ],
)
def test_what_nothing_makes_again_may_be_the_payload(run: str, local: str) -> None:
    assert _look(f"FROM debian\nWORKDIR /app\nCOPY . .\nRUN {run}\n", local) == []


def test_a_stage_without_the_install_keeps_the_packages() -> None:
    text = "FROM node:20 AS a\nWORKDIR /a\nCOPY . .\nRUN npm ci\nFROM node:20\nCOPY . /b\nCOPY --from=a /a/x /b/x\n"
    ((_, withheld),) = _look(text, "node_modules")
    assert withheld == "Dockerfile:6 brings node_modules and does not make it again"


def test_a_stage_that_takes_the_packages_from_another_one_needs_none() -> None:
    text = "FROM node:20 AS base\nCOPY . /a\nWORKDIR /a\nFROM base AS deps\nRUN npm ci\nFROM base\n"
    ((_, withheld),) = _look(text, "node_modules")
    assert withheld == "Dockerfile:2 brings node_modules and does not make it again"
    text += "COPY --from=deps /a/node_modules /a/node_modules\n"
    assert _look(text, "node_modules") == [("node_modules through, though `npm ci` makes it again", None)]


@pytest.mark.parametrize("folder", ["conf", "web", "dist"])
def test_a_folder_counts_where_people_would_have_them(folder: str) -> None:
    text = f"FROM node:20 AS a\nWORKDIR /a\nCOPY . .\nRUN npm ci\nFROM nginx\nCOPY {folder} /b\nCOPY --from=a /a/x /x\n"
    files = {"conf/a": "", "web/package.json": "{}", "dist/index.html": ""}
    ((_, withheld),) = _look(text, "node_modules", files)
    assert (withheld is None) == (folder == "conf")


def test_what_is_copied_from_a_variable_may_be_all() -> None:
    text = "FROM node:20\nWORKDIR /a\nCOPY . .\nRUN npm ci\n"
    other = {"b.Dockerfile": "FROM node:20\nARG WHAT\nCOPY $WHAT /b\n"}
    ((_, withheld),) = _look(text, "node_modules", other)
    assert withheld == "b.Dockerfile:3 brings node_modules and does not make it again"
