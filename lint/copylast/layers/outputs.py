"""On which files of the build context the paths depend that a COPY --from takes.

BuildKit keys such a COPY by the *content* of these paths: a stage that ran again and made the same bytes stops
the cascade. So what counts is not what entered the stage, but what the paths were made of. Where nobody can
tell, nothing is said to depend.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from copylast.context.entry import Entry
from copylast.layers.commands import Facts
from copylast.layers.model import LayerModel
from copylast.layers.paths import SYSTEM_DIRS, join, within
from copylast.layers.steps import Copy, Step
from copylast.records import NamedTuple

_BINARIES = {"go": ("/go/bin",), "rust": ("/usr/local/cargo/bin", "/root/.cargo/bin")}
"""Where an install of the project puts its programs if nobody says otherwise, by language."""


class Part(NamedTuple):
    """A file of the build context on which something depends, and the COPY that brought it."""

    entry: Entry
    copy: Copy


def made_of(model: LayerModel, copy: Copy) -> Iterator[Part]:
    """Files of the build context on which the bytes that a COPY --from takes depend, some of them twice."""
    if copy.stage is not None and model.context is not None:
        yield from _paths(model, copy.stage, copy.sources, set())


def _paths(model: LayerModel, stage: int, sources: Iterable[str], seen: set[tuple[int, str]]) -> Iterator[Part]:
    for source in sources:
        path = join("/", re.split(r"[*?\[]", source)[0].rstrip("/") or "/")
        if path is not None and (stage, path) not in seen:
            seen.add((stage, path))
            yield from _path(model, stage, path, seen)


def _path(model: LayerModel, stage: int, path: str, seen: set[tuple[int, str]]) -> Iterator[Part]:
    tree = model.final_tree(stage)
    origin, entry = tree.origin(path), tree.entry(path)
    if origin is not None and entry is not None and entry.kind != "dir":
        yield Part(entry, origin.copy)
        return
    steps = model.stages[stage].chain_steps
    for step in steps:
        if step.copy is not None and _shared(path, step.copy.dest):
            yield from _brought(model, step.copy, path, seen)
    runs = [step for step in steps if step.keyword == "RUN"]
    # What an install made is nobody else's; else every command that may have made it counts.
    installs = [run for run in runs if any(_shared(path, w) for w in model.reads(run).writes)]
    for run in installs or runs:
        yield from _by_run(model, run, path, seen)


def _brought(model: LayerModel, copy: Copy, below: str, seen: set[tuple[int, str]]) -> Iterator[Part]:
    if copy.selection is not None:
        yield from (Part(e, copy) for e, place in copy.selection.pairs() if e.kind != "dir" and within(place, below))
    elif copy.stage is not None:
        yield from _paths(model, copy.stage, copy.sources, seen)


def _by_run(model: LayerModel, run: Step, path: str, seen: set[tuple[int, str]]) -> Iterator[Part]:
    tree = model.tree(run)
    for fact in model.facts(run):
        if not _makes(model, run, fact, path):
            continue
        if fact.closure is not None and not fact.closure.refusals:
            for need in fact.closure.needs:
                origin, entry = tree.origin(need.path), tree.entry(need.path)
                if origin is not None and entry is not None and entry.kind != "dir":
                    yield Part(entry, origin.copy)
        elif fact.role in ("open", "build"):
            for above in model.before(run):
                if above.copy is not None:
                    yield from _brought(model, above.copy, "/", seen)


def _shared(one: str, other: str) -> bool:
    """True if one of the two surely lies in the other; that all lies in ``/`` says nothing."""
    return (within(one, other) and other != "/") or within(other, one)


def _makes(model: LayerModel, run: Step, fact: Facts, path: str) -> bool:
    """True if there is a reason to think that the command made ``path``, or something in it."""
    closure = fact.closure
    if closure is not None and any(_shared(path, w) for w in closure.writes):
        return True
    named = [*fact.command.argv, *(r.target.raw for r in fact.command.redirects)]
    if fact.role in ("build", "open"):
        # Where a tool puts its results is often said by a variable (GOBIN, VIRTUAL_ENV).
        named += [value for name, value in model.environment(run).items() if value and name != "PATH"]
        language = fact.match.ecosystem.language if fact.match is not None else ""
        if fact.role == "build" and any(_shared(path, b) for b in _BINARIES.get(language, ())):
            return True
        if fact.cwd is not None and within(path, fact.cwd) and not (fact.cwd == "/" and _system(path)):
            return True
    return any(_mentions(text, path) for text in named)


def _system(path: str) -> bool:
    return any(within(path, directory) for directory in SYSTEM_DIRS)


def _mentions(text: str, path: str) -> bool:
    """True if a word names the path, something in it, or a directory of its own that holds it."""
    for word in re.split(r"[\s=:,;'\"]+", text):
        place = join("/", word) if word.startswith("/") else None
        if place is not None and (within(place, path) or (within(path, place) and place not in _SHARED)):
            return True
    return False


_SHARED = frozenset(
    (
        *("/", "/tmp", "/usr/local", "/usr/share", *SYSTEM_DIRS),
        *(f"{d}/{b}" for d in ("/usr", "/usr/local") for b in ("bin", "lib", "sbin")),
    )
)
"""Directories in which many have something: to name one of them says nothing of what is in it."""
