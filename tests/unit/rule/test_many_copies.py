"""A fix with a COPY for each of many directories must leave an image that Docker can still stack."""

from __future__ import annotations

import pytest
from tests.casebook import Project, lint

from copylast.dockerfile.source import Source
from copylast.rule.diagnostic import Diagnostic
from copylast.rule.early_copy import MOST_COPIES


def found(manager: str, files: dict[str, str], members: int) -> Diagnostic:
    """The finding for a workspace with so many members."""
    text = f"FROM node:22\nWORKDIR /app\nCOPY . .\nRUN {manager} install --frozen-lockfile\n"
    packages = {f"packages/p{i}/package.json": "{}" for i in range(members)}
    source = {f"packages/p{i}/index.js": "" for i in range(members)}
    context = Project({**files, **packages, **source, "Dockerfile": text}, "Dockerfile")
    return lint(Source(text, "Dockerfile"), context)[1][0]


YARN = {"package.json": '{"workspaces": ["packages/*"]}', "yarn.lock": "# yarn lockfile v1\n"}
PNPM = {
    "package.json": "{}",
    "pnpm-lock.yaml": "lockfileVersion: '9.0'\n",
    "pnpm-workspace.yaml": "packages: ['packages/*']\n",
}


@pytest.mark.parametrize(("members", "fits"), [(MOST_COPIES - 1, True), (MOST_COPIES, False)])
def test_as_many_as_an_image_has_layers_for(members: int, fits: bool) -> None:
    # The root's own manifests are one COPY more.
    diagnostic = found("pnpm", PNPM, members)
    assert diagnostic.fix is not None
    assert diagnostic.fix.title.startswith("Copy the manifests" if fits else "Run `pnpm fetch`")


def test_a_second_step_reads_as_much() -> None:
    diagnostic = found("yarn", YARN, MOST_COPIES)
    assert diagnostic.fix is None
    assert diagnostic.withheld == "what the install reads lies in 81 directories, more than an image has layers for"
