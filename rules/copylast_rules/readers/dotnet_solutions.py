"""Solutions: which projects .sln, .slnx and .slnf files list.

Sources: https://learn.microsoft.com/visualstudio/extensibility/internals/solution-dot-sln-file,
https://github.com/microsoft/vs-solutionpersistence, https://learn.microsoft.com/visualstudio/msbuild/solution-filters.
"""

from __future__ import annotations

from collections.abc import Iterator

from copylast import lazy_regex
from copylast.typed import cast
from copylast_rules.readers.gathering import LOCAL, Gathering
from copylast_rules.readers.msbuild_values import place
from copylast_rules.readers.places import name, parent
from copylast_rules.readers.xml_files import xml_of

Listed = tuple[str, str, int | None]
"""A project's path, who asks for it, and in which line."""

_PROJECT = lazy_regex(r'(?m)^[ \t]*Project\("\{([^}"]*)\}"\)[ \t]*=[ \t]*"[^"]*"[ \t]*,[ \t]*"([^"]*)"')
_FOLDER = "2150E333-8FDC-42A3-9474-1A3956D46DE8"
_WEB_SITE = "E24C65DC-7377-472B-9ABA-BC803B73C61A"
ENDINGS = (".sln", ".slnx", ".slnf")


def listed(g: Gathering, solution: str) -> Iterator[Listed]:
    """The projects of a solution; refusals for what cannot be read."""
    if solution.endswith(".slnx"):
        yield from _xml(g, solution)
        return
    text = g.text(solution)
    if text is None:
        return
    yield from (_filter if solution.endswith(".slnf") else _classic)(g, solution, text)


def _classic(g: Gathering, solution: str, text: str) -> Iterator[Listed]:
    line, at = 1, 0
    for found in _PROJECT.finditer(text):
        line += text.count("\n", at, found.start())
        at = found.start()
        kind, path = found[1].upper(), found[2]
        if kind == _FOLDER:
            continue
        if kind == _WEB_SITE or "://" in path:
            g.refuse(LOCAL, f"{name(solution)}:{line} lists a web site, which has no project file", solution, line)
            continue
        yield place(parent(solution), path), f"{name(solution)}:{line}", line


def _xml(g: Gathering, solution: str) -> Iterator[Listed]:
    root = xml_of(g, solution)
    for element in root.walk() if root is not None else ():
        if element.name == "Project" and "Path" in element.attributes:
            path = place(parent(solution), element.attributes["Path"])
            yield path, f"{name(solution)}:{element.line}", element.line


def _filter(g: Gathering, solution: str, text: str) -> Iterator[Listed]:
    import json

    try:
        data: object = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        data = None
    inner = _member(data, "solution")
    path, projects = _member(inner, "path"), _member(inner, "projects")
    if not isinstance(path, str) or not isinstance(projects, list):
        g.refuse(LOCAL, f"{name(solution)} cannot be read as a solution filter", solution)
        return
    whole = place(parent(solution), path)
    if not g.need_file(whole, f"solution of {name(solution)}"):
        return
    for project in cast("list[object]", projects):
        if isinstance(project, str):
            yield place(parent(whole), project), name(solution), None


def _member(data: object, key: str) -> object:
    return cast("dict[str, object]", data).get(key) if isinstance(data, dict) else None
