"""What the project passes to the build of a Dockerfile that is another text at each build."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from copylast.context.assigned import assigned
from copylast.context.caller import Caller, Export
from copylast.context.changing import changing
from copylast.context.projects import ProjectBuilds
from copylast.context.target import BuildTarget, read

_INCLUDE = re.compile(r"^INCLUDE[ \t]+(\S+)[ \t]*\r?$", re.M)
"""The instruction of the frontend devthefuture/dockerfile-x; its path is from the build context."""
_CACHE_TO = re.compile(r"cache[-_]to\b")


def callers_of(project: ProjectBuilds, dockerfile: str) -> tuple[Caller, ...]:
    """The callers of ``dockerfile``, the surest first; one for each argument and target."""
    found: dict[tuple[str, str | None], Caller] = {}
    for build in _builds(project, dockerfile):
        for argument in build.passed:
            changes = argument.changes
            if changes is None and build.source.endswith((".yml", ".yaml", ".hcl", ".json")):
                changes = changing(argument.text, lambda name: _exported(project, dockerfile, name))
            if changes is not None and (argument.name, build.target) not in found:
                file = os.path.relpath(build.source, project.top).replace(os.sep, "/")
                where = f"{file}:{_line(build, argument.name)}"
                text = " ".join(argument.text.split())
                found[argument.name, build.target] = Caller(argument.name, changes, text, where, build.target)
    return tuple(found.values())


def exports_of(project: ProjectBuilds, dockerfile: str) -> tuple[Export, ...]:
    """The builds of ``dockerfile`` that export their cache; declarations are read only if one speaks of that."""
    found: dict[Export, None] = {}
    for build in project.of(dockerfile) if project.may_export(dockerfile) else ():
        if build.exports:
            file = os.path.relpath(build.source, project.top).replace(os.sep, "/")
            lines = (read(build.source) or "").splitlines()
            after = (n for n, line in enumerate(lines[build.line - 1 :], build.line) if _CACHE_TO.search(line))
            found[Export(build.exports, f"{file}:{next(after, build.line)}", build.target)] = None
    return tuple(found)


def _builds(project: ProjectBuilds, dockerfile: str) -> Iterator[BuildTarget]:
    yield from project.of(dockerfile)
    wanted = os.path.basename(dockerfile)
    for build in project.others(dockerfile):
        if build.where == "folder" and build.dockerfile:
            text = read(build.dockerfile) or ""
            if "INCLUDE" in text and wanted in text:
                included = (os.path.normpath(os.path.join(build.context, one)) for one in _INCLUDE.findall(text))
                if dockerfile in included:
                    yield build


def _exported(project: ProjectBuilds, dockerfile: str, name: str) -> Iterator[str]:
    """What scripts and workflows that run compose or bake give a variable of the environment."""
    for text in project.scripts(dockerfile):
        if name in text and ("compose" in text or "bake" in text):
            yield from assigned(text, name)


def _line(build: BuildTarget, name: str) -> int:
    """The line on which the argument stands; that of the build where it cannot be told."""
    lines = (read(build.source) or "").splitlines()
    word = re.compile(rf"\b{re.escape(name)}\b")
    return next((n for n, line in enumerate(lines[build.line - 1 :], build.line) if word.search(line)), build.line)
