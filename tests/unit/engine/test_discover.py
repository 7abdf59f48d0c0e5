"""Which files are looked at."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.conftest import Project

from copylast.engine.discover import Walk, discover, is_dockerfile_name
from copylast.engine.select import matches


def walk(exclude: str = "", gitignore: bool = True, force: bool = False) -> Walk:
    here = os.getcwd()

    def excluded(path: str, is_folder: bool) -> bool:
        return bool(exclude) and matches(path, here, exclude)

    return Walk(excluded, gitignore, force)


@pytest.mark.parametrize(
    "name",
    "Dockerfile Containerfile dockerfile Dockerfile.dev Dockerfile-dev Dockerfile_dev app.Dockerfile a.b.dockerfile "
    "app.containerfile CONTAINERFILE Dockerfile.node-20 Containerfile.arm64".split(),
)
def test_dockerfiles(name: str) -> None:
    assert is_dockerfile_name(name)


@pytest.mark.parametrize(
    "name",
    "Dockerfile.dockerignore .dockerignore Dockerfile.j2 Dockerfile.tmpl Dockerfile.in Dockerfile.bak Dockerfile~ "
    "Dockerfile.orig dockerfile.py Dockerfile.md mydockerfile Dockerfiles docker-compose.yml Dockerfile.jinja "
    "Dockerfile.json Dockerfile.template Dockerfile.eex Dockerfile.heex Dockerfile.ejs Dockerfile.gotmpl".split(),
)
def test_what_only_sounds_like_one(name: str) -> None:
    assert not is_dockerfile_name(name)


def test_a_tree(project: Project) -> None:
    names = ("Dockerfile", "a/Dockerfile", "a/b/x.dockerfile", "a-b/Containerfile", "node_modules/x/Dockerfile")
    project({name: "FROM a\n" for name in (*names, ".git/Dockerfile", "env/pyvenv.cfg", "env/Dockerfile")})
    found = discover(["."], walk())
    assert found.files == ("Dockerfile", "a/Dockerfile", "a/b/x.dockerfile", "a-b/Containerfile")
    assert discover(["a", "a/Dockerfile", "./a"], walk()).files == ("a/Dockerfile", "a/b/x.dockerfile")


def test_programs_about_dockerfiles(project: Project) -> None:
    project(
        {
            "Dockerfile.go": "\ufeff# syntax=docker/dockerfile:1\n\nFROM --platform=linux/arm64 golang:1 AS build\n",
            "Dockerfile.rs": "arg V=1\nfrom rust:$V\n",
            "Dockerfile.js": "FROM \\\n  node:20\n",
            "dockerfile.go": "/*\nFROM the authors\n*/\npackage dockerfile\n",
            "dockerfile_test.go": "// Copyright\npackage dockerfile\n",
            "dockerfile.rb": "# A class\nclass Dockerfile\nend\n",
            "dockerfile.ex": "",
            "dockerfile.hs": "from x import y\n",
        }
    )
    found = ("Dockerfile.go", "Dockerfile.js", "Dockerfile.rs")
    assert discover(["."], walk()).files == found
    assert discover(["dockerfile.go"], walk()).files == ("dockerfile.go",), "who names a file means it"
    given = [*found, "dockerfile.go", "dockerfile.ex", "gone.go"]
    assert discover(given, walk(force=True)).files == (*found, "gone.go"), "as hooks give them"


def test_gitignore(project: Project) -> None:
    project(
        {
            ".gitignore": "build/\n*.dev\n!keep.dev\n",
            "Dockerfile": "",
            "Dockerfile.dev": "",
            "build/Dockerfile": "",
            "a/.gitignore": "/Dockerfile\n",
            "a/Dockerfile": "",
            "a/b/Dockerfile": "",
        }
    )
    assert discover(["."], walk()).files == ("Dockerfile", "a/b/Dockerfile")
    assert discover(["a"], walk()).files == ("a/b/Dockerfile",)
    assert len(discover(["."], walk(gitignore=False)).files) == 5
    assert discover(["build/Dockerfile", "a"], walk()).files == ("a/b/Dockerfile", "build/Dockerfile")


def test_exclude(project: Project) -> None:
    project({"Dockerfile": "", "old/Dockerfile": ""})
    assert discover(["."], walk("old")).files == ("Dockerfile",)
    assert discover(["old/Dockerfile"], walk("old")).files == ("old/Dockerfile",)
    assert discover(["old/Dockerfile"], walk("old", force=True)).files == ()


def test_links(project: Project) -> None:
    top = project({"real/Dockerfile": "FROM a\n"})
    (top / "loop").symlink_to(".")
    (top / "Dockerfile").symlink_to("real/Dockerfile")
    assert discover(["."], walk()).files == ("Dockerfile", "real/Dockerfile")


def test_what_is_not_there_is_left_to_the_reader(project: Project) -> None:
    project({})
    assert discover(["gone", "gone2"], walk()).files == ("gone", "gone2")
    assert discover([str(Path("gone").absolute())], walk()).files
