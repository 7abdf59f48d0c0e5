"""Which builds of a project export their cache, and to what."""

from __future__ import annotations

from pathlib import Path

import pytest

from copylast.context.callers import exports_of
from copylast.context.projects import ProjectBuilds

_WORKFLOW = """jobs:
  image:
    steps:
      - uses: docker/build-push-action@v6
        with:
          context: .
          target: app
          cache-from: type=gha
          cache-to: |
            type=gha,scope=${{ github.ref_name }}
            type=registry,ref=me/app:cache,mode=max
"""
_COMPOSE = """services:
  app:
    build:
      context: .
      cache_to:
        - type=local,dest=${CACHE:-/tmp/cache}
  other: {build: {context: other, cache_to: [type=gha]}}
"""
_BAKE = """{"target": {"app": {"cache-to": ["type=inline", {"type": "gha", "mode": "max"}]}}}
"""


@pytest.mark.parametrize(
    ("name", "text", "caches", "line", "target"),
    [
        (
            ".github/workflows/ci.yml",
            _WORKFLOW,
            ("type=gha,scope=${{ github.ref_name }}", "type=registry,ref=me/app:cache,mode=max"),
            9,
            "app",
        ),
        ("compose.yaml", _COMPOSE, ("type=local,dest=/tmp/cache",), 5, None),
        ("docker-bake.json", _BAKE, ("type=inline", "type=gha,mode=max"), 1, None),
        (
            "build.sh",
            "set -e\ndocker buildx build --target app \\\n  --cache-to=type=gha --cache-to type=inline .\n",
            ("type=gha", "type=inline"),
            3,
            "app",
        ),
    ],
)
def test_exports(tmp_path: Path, name: str, text: str, caches: tuple[str, ...], line: int, target: str | None) -> None:
    for path, content in ((name, text), ("Dockerfile", ""), ("other/Dockerfile", "")):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(content)
    (export,) = exports_of(ProjectBuilds(str(tmp_path)), str(tmp_path / "Dockerfile"))
    assert (export.caches, export.where, export.target) == (caches, f"{name}:{line}", target)


def test_what_speaks_of_no_export_is_not_parsed(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").touch()
    (tmp_path / "compose.yaml").write_text("services: {app: {build: [}}\n")
    project = ProjectBuilds(str(tmp_path))
    assert exports_of(project, str(tmp_path / "Dockerfile")) == ()
    assert project.notes == []
