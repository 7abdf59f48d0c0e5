"""Mounts that are not where the tool keeps its cache, and results that stay in one."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from tests.casebook import lint

from copylast.context.memory import MemoryContext
from copylast.dockerfile.source import Source
from copylast.layers.misplaced import misplaced, missed_output
from copylast.layers.model import LayerModel

MOUNT = "RUN --mount=type=cache,target="


def model_of(text: str, files: Mapping[str, str] | None = None) -> LayerModel:
    return lint(Source(text), MemoryContext({"a": "", **(files or {})}))[0]


def places(text: str, files: Mapping[str, str] | None = None) -> list[tuple[str, str | None]]:
    model = model_of(text, files)
    return [(t, p) for step in model.stages[0].steps if step.keyword == "RUN" for _, t, p in misplaced(model, step)]


@pytest.mark.parametrize(
    ("image", "above", "run", "found"),
    [
        ("python:3", "", "/root/.cache/pip pip install a", []),
        ("python:3", "", "/home/app/.cache/pip pip install a", [("/home/app/.cache/pip", "/root/.cache/pip")]),
        ("mine", "", "/home/app/.cache/pip pip install a", []),
        ("mine", "ENV PIP_CACHE_DIR=/c", "/root/.cache/pip pip install a", [("/root/.cache/pip", "/c")]),
        ("python:3", "USER app", "/root/.cache/pip pip install a", [("/root/.cache/pip", None)]),
        ("python:3", "USER app", "/root/.cache/pip sudo pip install a", []),
        ("python:3", "USER app\nENV XDG_CACHE_HOME=/root/.cache", "/root/.cache/pip pip install a", []),
        ("python:3", "USER $APP", "/root/.cache/pip pip install a", []),
        ("python:3", "", "/root/.cache/pip pip --cache-dir=/c install a", [("/root/.cache/pip", "/c")]),
        ("python:3", "", "/srv/wheels pip install a", []),
        ("node:22", "", "/home/node/.npm npm install -g a", [("/home/node/.npm", "/root/.npm")]),
        ("node:22", "RUN npm config set cache /home/node/.npm", "/home/node/.npm npm install -g a", []),
        ("node:22", "COPY .npmrc /root/", "/home/node/.npm npm install -g a", []),
        ("rust:1", "", "/r/.cargo/registry cargo install a", [("/r/.cargo/registry", "/usr/local/cargo/registry")]),
        ("golang:1", "", "/root/go/pkg/mod go install example.org/a@v1", [("/root/go/pkg/mod", "/go/pkg/mod")]),
        ("golang:1", "ENV GOPATH=/root/go", "/root/go/pkg/mod go install example.org/a@v1", []),
    ],
)
def test_mounts_that_stay_empty(image: str, above: str, run: str, found: list[tuple[str, str | None]]) -> None:
    assert places(f"FROM {image}\n{above}\n{MOUNT}{run}\n") == found


def test_a_setting_in_the_project_may_name_the_directory() -> None:
    text = f"FROM node:22\n{MOUNT}/home/node/.npm npm install -g a\n"
    assert places(text) and not places(text, {".npmrc": "cache=/home/node/.npm\n"})


BUILD = f"FROM rust:1 AS build\nWORKDIR /app\nCOPY . .\n{MOUNT}/app/target cargo build --release"
READ = "FROM debian:12\nCOPY --from=build /app/target/release/app /\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"{BUILD}\n{READ}", ["/app/target/release/app"]),
        (f"{BUILD}\nRUN cp target/release/app /app/app\n", ["/app/target/release/app"]),
        (f"{BUILD} && cp target/release/app /app/app\nRUN cp /app/app /bin/\n", []),
        (f"{BUILD}\n{MOUNT}/app/target cp target/release/app /app/app\n", []),
        (f"{BUILD}\nRUN cargo build\n{READ}", []),
        (f"{BUILD} && cp -r target /app/out && mv /app/out /srv\nRUN mv /srv target\n{READ}", []),
        (f"{BUILD}\nFROM debian:12\nCOPY --from=build /app /app\n", []),
        (f"{BUILD}\nFROM debian:12\nCOPY --from=build /app/target.txt /app\n", []),
    ],
)
def test_results_that_stay_in_a_mount(text: str, found: list[str]) -> None:
    model = model_of(text, {"Cargo.toml": "", "src/main.rs": ""})
    steps = [step for step in model.stages[0].steps if step.keyword == "RUN"]
    assert [path for _, _, path in missed_output(model, steps[0])] == found


def test_what_the_context_brings_is_no_result() -> None:
    model = model_of(f"{BUILD}\n{READ}", {"target/release/app": ""})
    step = next(step for step in model.stages[0].steps if step.keyword == "RUN")
    assert not list(missed_output(model, step))
