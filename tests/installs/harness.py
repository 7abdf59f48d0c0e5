"""Runs the steps of a Dockerfile in plain directories, with the package managers of this machine.

A COPY is a copy, a RUN a shell; nothing is built. The fix of a project must leave the same files behind as the
Dockerfile before it, though each install sees only what was copied until then.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.casebook import Project, lint, repair

from copylast.dockerfile.parse import parse
from copylast.dockerfile.source import Source

DOCKERFILE = "Dockerfile"


class Runs(NamedTuple):
    """What came of both texts: the directory in which each ran, the output of its RUNs, and the fixed text."""

    before: Path
    after: Path
    said_before: str
    said_after: str
    fixed: str


def tool(name: str, package: str) -> None:
    """Skip, and say what to install, where a program is missing."""
    if shutil.which(name) is None:
        pytest.skip(f"{name} is not on this machine (Debian: apt-get install {package})")


def both(
    files: Mapping[str, str], folder: Path, environment: Mapping[str, str], *, unsafe: bool = False, top: str = "app"
) -> Runs:
    """Run the Dockerfile of a project as it stands and as copylast fixes it.

    ``top`` is the directory that stands for the working directory; both runs see the same path, one after the
    other. Fails where there is no fix, or where a step fails.
    """
    text = files[DOCKERFILE]
    context = Project(files, DOCKERFILE)
    assert lint(Source(text, DOCKERFILE), context)[1], "nothing is found"
    outcome = repair(text, context, DOCKERFILE, unsafe=unsafe)
    fixed = outcome.texts[DOCKERFILE]
    said: list[str] = []
    kept: list[Path] = []
    for name, dockerfile in (("before", text), ("after", fixed)):
        place = folder / top
        place.mkdir(parents=True)
        said.append(run_steps(dockerfile, files, place, environment))
        kept.append(folder / name)
        place.rename(kept[-1])
    return Runs(kept[0], kept[1], said[0], said[1], fixed)


def run_steps(text: str, files: Mapping[str, str], place: Path, environment: Mapping[str, str]) -> str:
    """Run COPY (relative destinations) and RUN in ``place``, and give the output of the RUNs."""
    ignored = [line.removeprefix("**/").strip("/") for line in files.get(".dockerignore", "").split()]
    said = ""
    for instruction in parse(Source(text, DOCKERFILE)).instructions:
        words = [word.text for word in instruction.words]
        if instruction.keyword == "COPY" and not instruction.flags:
            for path, content in files.items():
                if not set(path.split("/")) & set(ignored):
                    _copy(path, content, words[:-1], place / words[-1])
        elif instruction.keyword == "RUN":
            done = subprocess.run(
                ["sh", "-c", instruction.rest.replace("\\\n", " ")],
                cwd=place,
                env={"PATH": os.environ["PATH"], "HOME": str(place.parent / "home"), **environment},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=300,
                check=False,
            )
            said += done.stdout
            assert done.returncode == 0, f"{instruction.rest}\n{done.stdout}"
    return said


def _copy(path: str, content: str, sources: list[str], dest: Path) -> None:
    for source in sources:
        source = source.removeprefix("./").rstrip("/")
        if source == ".":
            target = dest / path
        elif path == source:
            target = dest / path.rsplit("/", 1)[-1]
        elif path.startswith(f"{source}/"):
            target = dest / path[len(source) + 1 :]
        else:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content)


def contents(place: Path, leave_out: Callable[[str], bool] = lambda path: False) -> dict[str, str]:
    """Path -> content of every file below ``place``; a link is where it leads."""
    found: dict[str, str] = {}
    for directory, below, names in os.walk(place):
        for name in [*names, *below]:
            path = Path(directory, name)
            short = str(path.relative_to(place))
            if leave_out(short):
                continue
            if path.is_symlink():
                found[short] = f"-> {os.readlink(path)}"
            elif path.is_file():
                found[short] = path.read_bytes().decode("utf-8", "backslashreplace")
    return found


def events(said: str) -> list[str]:
    """The lines of an output that scripts of the project printed (``ran: ...``), in order."""
    return re.findall(r"^ran: .*", said, re.M)
