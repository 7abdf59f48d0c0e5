"""Which ``rm`` says what it removes, and when a step that only removes may stand elsewhere."""

from __future__ import annotations

import pytest
from tests.casebook import REGISTRY

from copylast.context.memory import MemoryContext
from copylast.dockerfile.parse import parse
from copylast.dockerfile.scope import evaluate
from copylast.dockerfile.source import Source
from copylast.layers.commands import Facts
from copylast.layers.model import build_model
from copylast.layers.removals import removed, removed_by_all
from copylast.layers.writes import beside, may_change


def facts(command: str, cwd: str = "/app") -> tuple[Facts, ...]:
    files = {"requirements.txt": "a\n", "web/a.js": ""}
    dockerfile = parse(Source(f"FROM python:3.12\nWORKDIR {cwd}\nCOPY . .\nRUN {command}\n"))
    model = build_model(dockerfile, evaluate(dockerfile), MemoryContext(files, "Dockerfile"), REGISTRY)
    return model.facts(model.stages[0].steps[-1])


@pytest.mark.parametrize(
    ("command", "paths"),
    [
        ("rm -rf web", ("/app/web",)),
        ("rm -r -f -- web/ ./a.txt", ("/app/web", "/app/a.txt")),
        ("rm --recursive --force ../x", ("/x",)),
        ("rm -rf web/*", None),
        ("rm -rf $DIR", None),
        ('rm -rf "$(cat list)"', None),
        ("rm -rf ~/x", None),
        ("rm -rf .", None),
        ("rm -rf ./", None),
        ("rm -rf web/..", None),
        ("rm -i web", None),
        ("rm -rf web > log", None),
        ("rm", None),
        ("cd web && rm -rf a.js", ("/app/web/a.js",)),
        ("find . -delete", None),
    ],
)
def test_what_is_removed(command: str, paths: tuple[str, ...] | None) -> None:
    assert removed(facts(command)[-1]) == paths


@pytest.mark.parametrize(
    ("command", "cwd", "paths"),
    [
        ("rm -rf web && rm a.txt", "/app", ("/app/web", "/app/a.txt")),
        ("rm -rf web && make", "/app", ()),
        ("rm -rf /etc/apt/sources.list.d", "/app", ()),
        ("rm -rf apt/sources.list.d", "/etc", ()),
        ("rm -rf /usr/src/lib", "/usr/src/app", ()),
        ("rm -rf web", "/usr/src/app", ("/usr/src/app/web",)),
        ("rm -rf ../../etc", "/app/web", ()),
        ("rm -rf frontend", "/", ("/frontend",)),
        ("rm -rf usr", "/", ()),
    ],
)
def test_a_step_that_only_removes(command: str, cwd: str, paths: tuple[str, ...]) -> None:
    assert removed_by_all(facts(command, cwd)) == paths


def test_what_else_is_untouched_by_it() -> None:
    (install,) = facts("pip install -r requirements.txt")
    assert beside(install, ["/app/web"]) and not beside(install, ["/app/requirements.txt"])
    assert not beside(install, ["/app"])
    (build,) = facts("make")
    assert not beside(build, ["/app/web"])
    (made,) = facts("mkdir -p web/out")
    assert not beside(made, ["/app/web"]) and beside(made, ["/app/doc"])
    (gone,) = facts("rm -rf web")
    assert may_change(gone, "/app/web/a.js") and not may_change(gone, "/app/requirements.txt")
