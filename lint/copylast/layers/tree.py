"""The files that a step sees, traced back to the build context without building anything."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from functools import cached_property

from copylast.context.entry import ContextError, Entry, Kind
from copylast.context.files import BuildContext
from copylast.context.gopath import has_wildcard, in_root
from copylast.layers.paths import LONGEST, join, parent_of, relative, within
from copylast.layers.steps import Copy, Step
from copylast.records import NamedTuple


class Origin(NamedTuple):
    """Where a file of the image came from: its path in the build context and the step that brought it."""

    path: str
    step: Step
    copy: Copy


class ImageTree:
    """The part of the image's file system that came from the build context, as seen by one step.

    Implements :class:`~copylast.ecosystem.readers.ProjectFiles`. What commands wrote is not in it.
    """

    def __init__(
        self,
        context: BuildContext | None,
        layers: Sequence[tuple[Step, Copy]],
        stage_tree: Callable[[int], ImageTree],
    ) -> None:
        """``layers``: what was copied, the newest first. ``stage_tree`` gives the final tree of a stage."""
        self._context = context
        self._layers = layers
        self._stage_tree = stage_tree
        self._origins: dict[str, Origin | None] = {}
        self._kinds: dict[str, Kind | None] = {}
        self._names: dict[str, tuple[str, ...]] = {}

    def origin(self, path: str) -> Origin | None:
        """The context file or directory that stands at ``path``; None if the context brought nothing there."""
        origins = self._origins
        if path in origins:
            return origins[path]
        found = origins[path] = self._find(path)
        return found

    def _find(self, path: str) -> Origin | None:
        if self._context is None or len(path) > LONGEST:
            return None
        for step, copy in self._layers:
            dest = copy.dest
            if not path.startswith(dest) or not (dest == "/" or path[len(dest) : len(dest) + 1] in ("", "/")):
                continue  # the test of :func:`within`, which is asked more often here than anywhere else
            if copy.selection is not None:
                found = copy.selection.context_path(path)
                if found is not None:
                    return Origin(found, step, copy)
            elif copy.stage is not None:
                for source in self._behind(copy, path):
                    inner = self._stage_tree(copy.stage).origin(source)
                    if inner is not None:
                        return Origin(inner.path, step, copy)
        return None

    def _behind(self, copy: Copy, path: str) -> list[str]:
        """Paths in the other stage that a COPY --from may have laid at ``path``."""
        assert copy.stage is not None
        rest = relative(path, copy.dest)
        tree = self._stage_tree(copy.stage)
        found: list[str] = []
        for source in copy.sources:
            whole = join("/", source)
            if whole is None or rest is None:
                continue
            name = whole.rsplit("/", 1)[-1]
            if tree.kind(whole) == "file":
                if rest == (name if copy.dest_is_dir else "."):
                    found.append(whole)
            else:
                found.append(whole if rest == "." else f"{whole.rstrip('/')}/{rest}")
        return found

    def entry(self, path: str) -> Entry | None:
        """The context's entry behind ``path``."""
        origin = self.origin(path)
        if origin is None or self._context is None:
            return None
        return self._context.entry(origin.path)

    def kind(self, path: str) -> Kind | None:
        """What is at ``path``, links not followed; directories that a COPY makes on its way count."""
        # Readers look at the folders above each file again and again.
        kinds = self._kinds
        if path in kinds:
            return kinds[path]
        origin = self.origin(path)
        entry = self._context.entry(origin.path) if origin is not None and self._context is not None else None
        found: Kind | None = entry.kind if entry is not None else "dir" if path in self._ways else None
        kinds[path] = found
        return found

    @cached_property
    def _ways(self) -> frozenset[str]:
        """The directories that must be there for the COPYs to have a destination."""
        found = {copy.dest for _, copy in self._layers if copy.dest_is_dir}
        for _, copy in self._layers:
            above = parent_of(copy.dest)
            while above and above not in found:
                found.add(above)
                above = parent_of(above)
        return frozenset(found)

    def answers_as(self, other: ImageTree) -> bool:
        """Whether all that ``other`` was asked so far would get the same answer here.

        Who got those answers, from kinds, names and texts, would come to the same result here.
        """
        for path, kind in other._kinds.items():
            if self.kind(path) != kind:
                return False
            if kind in ("file", "link") and self._place(path) != other._place(path):
                return False
        return all(self.names(path) == names for path, names in other._names.items())

    def _place(self, path: str) -> str | None:
        origin = self.origin(path)
        return origin.path if origin is not None else None

    def covers(self, path: str) -> bool:
        """True if ``path`` is, or lies below, the destination of a COPY, whether or not that brings it."""
        return any(within(path, copy.dest) for _, copy in self._layers)

    def possible_origins(self, path: str) -> list[str] | None:
        """Where in any build context the file at ``path`` would have to be; None if nobody can tell."""
        found: list[str] = []
        for _, copy in self._layers:
            if within(copy.dest, path) and copy.dest != path:
                return None
            rest = relative(path, copy.dest)
            if rest is None:
                continue
            if copy.selection is None or any(has_wildcard(s) or "/./" in s for s in copy.sources):
                return None
            found.append(rest)  # --parents
            for source in map(in_root, copy.sources):
                found.append(f"{source}/{rest}" if source else rest)
                if rest in (".", source.rpartition("/")[2]):
                    found.append(source)
        return found

    def names(self, path: str) -> tuple[str, ...]:
        """Base names in the directory ``path``, sorted."""
        if path not in self._names:
            self._names[path] = self._names_in(path)
        return self._names[path]

    def _names_in(self, path: str) -> tuple[str, ...]:
        found: set[str] = set()
        for _, copy in self._layers:
            if copy.dest != path and within(copy.dest, path):
                found.add((relative(copy.dest, path) or "").split("/", 1)[0])
            elif within(path, copy.dest):
                if copy.selection is not None and self._context is not None:
                    for directory in copy.selection.places(path):
                        found.update(e.path.rsplit("/", 1)[-1] for e in self._context.children(directory))
                    found.update(self._single_names(copy, path))
                elif copy.stage is not None:
                    for source in self._behind(copy, path):
                        found.update(self._stage_tree(copy.stage).names(source))
                    found.update(self._single_names(copy, path))
        return tuple(sorted(name for name in found if self.kind(f"{path.rstrip('/')}/{name}") is not None))

    def _single_names(self, copy: Copy, path: str) -> list[str]:
        """Base names in ``path`` of files that a COPY names one by one, or by a wildcard."""
        if path != copy.dest or not copy.dest_is_dir or self._context is None:
            return []
        if copy.stage is not None:
            tree = self._stage_tree(copy.stage)
            whole = [join("/", source) for source in copy.sources]
            return [w.rsplit("/", 1)[-1] for w in whole if w is not None and tree.kind(w) == "file"]
        found: list[str] = []
        for source in copy.sources:
            folder, _, name = source.strip("/").rpartition("/")
            place = self._context.resolve(folder)
            for entry in self._context.children(place) if place is not None else ():
                base = entry.path.rsplit("/", 1)[-1]
                if entry.kind != "dir" and (base == name or fnmatchcase(base, name)):
                    found.append(base)
        return found

    def shown(self, path: str) -> str:
        """The place in the build context from which ``path`` comes or would come; else the image path itself."""
        for _, copy in self._layers:
            if copy.selection is not None and within(path, copy.dest):
                places = copy.selection.places(path)
                if places and places[0]:
                    return places[0]
        return path[2:] if path.startswith("?/") else path

    def read(self, path: str) -> str:
        """The text of a file. Raises :class:`ContextError`."""
        origin = self.origin(path)
        if origin is None or self._context is None:
            raise ContextError(f"{path} did not come from the build context")
        return self._context.read_text(origin.path)
