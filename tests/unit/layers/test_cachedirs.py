"""Where a manager keeps its downloads in a step."""

from __future__ import annotations

import pytest
from tests.casebook import lint

from copylast.context.memory import MemoryContext
from copylast.dockerfile.source import Source
from copylast.layers.cachedirs import cache_place, holder


@pytest.mark.parametrize(
    ("image", "before", "run", "place"),
    [
        ("python:3.12", "", "pip install a", "/root/.cache/pip"),
        ("docker.io/library/python:3.12", "", "pip install a", "/root/.cache/pip"),
        ("example/python", "", "pip install a", None),
        ("example/python", "USER root", "pip install a", "/root/.cache/pip"),
        ("python:3.12", "USER app", "pip install a", None),
        ("python:3.12", "USER app\nENV HOME=/home/app", "pip install a", "/home/app/.cache/pip"),
        ("python:3.12", "ENV XDG_CACHE_HOME=/c", "pip install a", "/root/.cache/pip"),
        ("python:3.12", "ENV PIP_CACHE_DIR=/c/", "pip install a", "/c"),
        ("python:3.12", "ARG C\nENV PIP_CACHE_DIR=$C", "pip install a", None),
        ("python:3.12", "", "PIP_CACHE_DIR=/c pip install a", "/c"),
        ("python:3.12", "", "pip --cache-dir /c install a", "/c"),
        ("node:22", "", "npm install -g a", "/root/.npm"),
        ("node:22", "", "npm --cache=/c install -g a", "/c"),
        ("rust:1", "", "cargo install a", "/usr/local/cargo/registry"),
        ("debian:12", "", "cargo install a", "/root/.cargo/registry"),
        ("debian:12", "ENV CARGO_HOME=/c", "cargo install a", "/c/registry"),
        ("golang:1", "", "go install example.org/a@v1", "/go/pkg/mod"),
        ("golang:1", "ENV GOPATH=/g", "go install example.org/a@v1", "/g/pkg/mod"),
        ("golang:1", "ENV GOMODCACHE=/m", "go install example.org/a@v1", "/m"),
        ("node:22", "", "yarn global add a", "/usr/local/share/.cache/yarn"),
        ("node:22", "USER app\nENV HOME=/h", "yarn global add a", "/h/.cache/yarn"),
    ],
)
def test_where_downloads_lie(image: str, before: str, run: str, place: str | None) -> None:
    model = lint(Source(f"FROM {image}\n{before}\nRUN {run}\n"), MemoryContext({}))[0]
    step = model.stages[0].steps[-1]
    fact = model.facts(step)[0]
    assert fact.match is not None
    assert cache_place(model, step, fact, fact.match.ecosystem.caches[0]) == place


def test_which_mount_holds_a_path() -> None:
    text = "FROM a\nRUN --mount=type=cache,target=/root/.cache --mount=type=tmpfs,target=/t true\n"
    step = lint(Source(text), MemoryContext({}))[0].stages[0].steps[-1]
    mount = holder(step, "/root/.cache/pip")
    assert mount is not None and mount.target == "/root/.cache"
    assert holder(step, "/root/.cachepip") is None and holder(step, "/t/a") is None
