"""Stages that the last one leaves out, and another build of the project asks for."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from tests.conftest import Project

from copylast.cli import main

STAGES = """\
FROM debian:12 AS tools
WORKDIR /app
COPY . .
RUN apt-get update && apt-get install -y jq

FROM debian:12
COPY a.sh /a.sh
"""
SCRIPT = '{"scripts": {"tools": "docker buildx build --target tools ."}}'
COMPOSE = "services:\n  a:\n    build:\n      context: .\n      target: tools\n"


@pytest.mark.parametrize("told", [[], ["--context", "."]], ids=["declared", "told"])
@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({}, False),
        ({"package.json": SCRIPT}, True),
        ({"package.json": SCRIPT.replace("--target tools", "-t tools")}, False),
        ({"package.json": SCRIPT.replace("--target tools", "--target gone")}, False),
        ({"compose.yaml": COMPOSE}, True),
    ],
)
def test_a_stage_counts_that_a_build_aims_at(
    files: Mapping[str, str], found: bool, told: list[str], project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    project({"Dockerfile": STAGES, "a.sh": "", **files})
    assert main(["check", "--select", "CPL102", *told]) == (1 if found else 0)
    assert ("CPL102" in capsys.readouterr().out) == found


def test_a_build_of_another_context_says_nothing_of_the_told_one(project: Project) -> None:
    other = SCRIPT.replace(' ."', ' other -f Dockerfile"')
    project({"Dockerfile": STAGES, "a.sh": "", "other/a.sh": "", "package.json": other})
    assert main(["check", "--select", "CPL102", "--context", "."]) == 0
    assert main(["check", "--select", "CPL102"]) == 1


def test_the_target_that_is_told_is_the_only_one(project: Project) -> None:
    project({"Dockerfile": STAGES + "\nFROM tools AS last\n", "a.sh": "", "package.json": SCRIPT})
    assert main(["check", "--select", "CPL102"]) == 1
    text = STAGES.replace("debian:12\nCOPY", "debian:12 AS last\nCOPY")
    project({"Dockerfile": text})
    assert main(["check", "--select", "CPL102", "--target", "last"]) == 0
    assert main(["check", "--select", "CPL102", "--target", "tools"]) == 1


def test_the_fix_of_such_a_stage_is_proved_like_any_other(project: Project) -> None:
    top = project({"Dockerfile": STAGES, "a.sh": "", "package.json": SCRIPT})
    assert main(["check", "--select", "CPL102", "--fix"]) == 0
    install, copy = "RUN apt-get update && apt-get install -y jq\n", "COPY . .\n"
    assert (top / "Dockerfile").read_text() == STAGES.replace(copy + install, install + copy)
