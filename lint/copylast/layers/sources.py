"""Which steps above an install bring more of the project than the install reads."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from functools import lru_cache

from copylast.context.entry import Entry
from copylast.ecosystem.descriptor import Ecosystem
from copylast.ecosystem.readers import Need
from copylast.layers.model import LayerModel
from copylast.layers.outputs import made_of
from copylast.layers.paths import SYSTEM_DIRS, overlap, within
from copylast.layers.steps import Copy, Step
from copylast.records import NamedTuple
from copylast.regexes import any_of

_aside = any_of(
    (
        *("dockerfile*", "*.dockerfile", "containerfile*", "*.dockerignore"),
        *("readme*", "license*", ".git*", "changelog*"),
    )
)
_SETTLED = frozenset(
    ".toml .cfg .ini .conf .json .yml .yaml .crt .cer .pem .key .prisma .sql .lock .properties .xml .sh .txt".split()
)
"""Endings of files that a directory of configuration holds: one of them alone does not make it source."""


class Guilt(NamedTuple):
    """A step that brings source above an install.

    ``example`` is one context path that the install does not read; None where there is no context to look into.
    ``mounted`` is True for a bind mount of the install's own step.
    """

    step: Step
    copy: Copy
    example: str | None
    mounted: bool


def guilty_steps(
    model: LayerModel, step: Step, needs: Iterable[Need], cwd: str, ecosystems: Iterable[Ecosystem]
) -> tuple[Guilt, ...]:
    """The steps above ``step`` (and its own bind mounts) that bring source it does not need, in build order."""
    wanted = _Wanted(model, step, needs, tuple(ecosystems))
    found: list[Guilt] = []
    for above in model.before(step):
        if above.copy is not None:
            guilt = _guilt(model, above, above.copy, cwd, wanted)
            if guilt is not None:
                found.append(guilt)
    for mount in step.mounts:
        if mount.copy is not None and mount.copy.local:
            guilt = _guilt(model, step, mount.copy, cwd, wanted)
            if guilt is not None:
                found.append(guilt._replace(mounted=True))
    return tuple(found)


def _guilt(model: LayerModel, above: Step, copy: Copy, cwd: str, wanted: _Wanted) -> Guilt | None:
    if copy.remote or _elsewhere(copy.dest, cwd):
        return None
    if copy.stage is not None:
        return _guilt_of_stage(model, above, copy, cwd, wanted)
    if not copy.local:
        return None
    if copy.selection is None:
        if model.context is None and any(_whole(source) for source in copy.sources):
            return Guilt(above, copy, None, False)
        return None
    # Installs that read the same files find the same in a COPY that stands above them all.
    known = model.shared(_examples)
    key = above.index, copy.dest, wanted.key
    if key not in known:
        known[key] = _example(copy, wanted)
    example = known[key]
    return Guilt(above, copy, example, False) if example is not None else None


def _examples(model: LayerModel) -> dict[tuple[object, ...], str | None]:
    return {}


def _example(copy: Copy, wanted: _Wanted) -> str | None:
    whole = any(_whole(source) for source in copy.sources)
    for entry in _files(copy):
        if wanted.is_source(entry, copy, whole) and not wanted.covers(entry.path):
            return entry.path
    return None


def _guilt_of_stage(model: LayerModel, above: Step, copy: Copy, cwd: str, wanted: _Wanted) -> Guilt | None:
    """A COPY --from is guilty if what it brings is made from source and the install reads nothing of it."""
    if not overlap(copy.dest, cwd) or any(within(path, copy.dest) for path in wanted.image_paths):
        return None
    for entry, brought in made_of(model, copy):
        whole = any(_whole(source) for source in brought.sources)
        if not wanted.covers(entry.path) and wanted.is_source(entry, brought, whole):
            return Guilt(above, copy, entry.path, False)
    return None


def _files(copy: Copy) -> Iterator[Entry]:
    assert copy.selection is not None
    return (entry for entry, _ in copy.selection.pairs() if entry.kind != "dir")


_WHOLE = frozenset({".", "*", "**"})


def _whole(source: str) -> bool:
    """True for a source that names the whole context."""
    return source in _WHOLE or posixpath.normpath(source.lstrip("/") or ".") in _WHOLE


def _elsewhere(dest: str, cwd: str) -> bool:
    """True for a destination among the system's own files that has nothing to do with the install's directory."""
    return dest != "/" and _of_the_system(dest) and not overlap(dest, cwd)


@lru_cache(maxsize=1024)
def _of_the_system(path: str) -> bool:
    return any(within(path, d) for d in SYSTEM_DIRS)


class _Wanted:
    """What one install reads, as context paths, and what counts as source beside it."""

    def __init__(
        self, model: LayerModel, step: Step, needs: Iterable[Need], ecosystems: tuple[Ecosystem, ...]
    ) -> None:
        tree = model.tree(step)
        self._files: set[str] = set()
        self._dirs: list[str] = []
        self.image_paths: list[str] = []
        for need in needs:
            self.image_paths.append(need.path)
            origin = tree.origin(need.path)
            if origin is not None:
                if need.what == "dir":
                    self._dirs.append(origin.path)
                else:
                    self._files.add(origin.path)
        self._quiet = any_of(tuple([p for e in ecosystems for p in (*e.manifests, *e.lockfiles, *e.settings)]))
        self._suffixes = tuple([suffix for e in ecosystems for suffix in e.source_suffixes])
        self.key = (frozenset(self._files), tuple(self._dirs), tuple([e.id for e in ecosystems]))
        """Equal of two that give the same answers."""

    def covers(self, path: str) -> bool:
        """True if the install reads the context path."""
        return path in self._files or any(within(path, d) or d == "" for d in self._dirs)

    def is_source(self, entry: Entry, copy: Copy, whole: bool) -> bool:
        """True if a change of this file would surely be a change of source, not of a manifest or a setting."""
        # Asked first: where nothing ignores it, git's own folder has most of the files.
        if entry.path.startswith(".git") or "/.git" in entry.path:
            return False
        name = posixpath.basename(entry.path)
        lower = name.lower()
        if _aside(lower) or self._quiet(name) or self._quiet(entry.path):
            return False
        if whole:
            return True
        suffix = posixpath.splitext(lower)[1]
        if _named(entry.path, copy):
            return lower.endswith(self._suffixes) and ".config." not in lower and lower != "setup.py"
        return suffix not in _SETTLED


def _named(path: str, copy: Copy) -> bool:
    """True if the file is a source of its own, by name or by wildcard, and not inside a directory that is."""
    depths = {posixpath.normpath(s.lstrip("/")).count("/") for s in copy.sources}
    return any(
        fnmatchcase(path, posixpath.normpath(source.lstrip("/"))) for source in copy.sources
    ) and path.count("/") in depths
