"""Which context is meant where ``COPY . .`` would work in several folders."""

from __future__ import annotations

import os
from collections.abc import Mapping

import pytest
from tests.casebook import REGISTRY
from tests.conftest import Project

from copylast.dockerfile.parse import parse
from copylast.dockerfile.source import Source
from copylast.engine.settings import Settings
from copylast.engine.target import Contexts, Place

PIP = "FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt\n"
FETCH = "RUN curl -o requirements.txt https://example.org/r.txt\nRUN"
NPM = "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN npm ci\n"
LIST = {"requirements.txt": "flask\n"}
NODE = {"package.json": '{"name": "a"}', "package-lock.json": '{"lockfileVersion": 3, "packages": {"": {"name": "a"}}}'}


def below(folder: str, files: Mapping[str, str]) -> dict[str, str]:
    return {f"{folder}/{name}": text for name, text in files.items()}


def place(text: str, dockerfile: str) -> Place:
    return Contexts(None).place(parse(Source(text)), os.path.abspath(dockerfile), Settings(()), REGISTRY)


@pytest.mark.parametrize(
    ("text", "files", "root", "certain"),
    [
        (PIP, below("a/web", LIST), "a/web", True),
        # The list is downloaded, so it need not be in the context.
        (PIP.replace("RUN", FETCH), below("a/web", LIST), "a/web", False),
        # Two folders from which the install works: nobody can tell.
        (PIP, {**below("a/web", LIST), **LIST}, "a/web", False),
        # The install works only from further up, though the nearest folder could be copied too.
        (PIP, {**below("a/web", {"x.py": ""}), **LIST}, ".", True),
        # Half of what the install reads is in the other folder: it may be meant, and its build broken for once.
        (NPM, {**below("a/web", NODE), "package.json": "{}"}, "a/web", False),
        (NPM, below("a/web", NODE), "a/web", True),
        # A file of the install is missing everywhere.
        (PIP, below("a/web", {"requirements.txt": "-r other.txt\n"}), "a/web", False),
        # Something may have made the manifest.
        (PIP.replace("RUN", "RUN make\nRUN"), below("a/web", LIST), "a/web", False),
        (PIP.replace("pip", "make && pip"), below("a/web", LIST), "a/web", False),
        (PIP.replace("RUN", "RUN apt-get update && apt-get install -y git\nRUN"), below("a/web", LIST), "a/web", True),
        # It need not run.
        (PIP.replace("pip", "test -f x && pip"), below("a/web", LIST), "a/web", False),
        # Nothing but a copy.
        ("FROM a\nCOPY . .\n", below("a/web", LIST), "a/web", False),
        # The stage is not built.
        (PIP + "FROM a\n", below("a/web", LIST), "a/web", False),
    ],
)
def test_an_install_tells_the_context(
    project: Project, text: str, files: dict[str, str], root: str, certain: bool
) -> None:
    project({"a/web/Dockerfile": text, **files})
    found = place(text, "a/web/Dockerfile")
    assert (found.root, found.certain, found.guessed) == (root, certain, True)
