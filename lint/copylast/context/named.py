"""Which places of a context the sources of a COPY name.

Source of fact: BuildKit's ``dispatchCopy`` and ``fsutil/copy``, as for :mod:`copylast.context.select`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

from copylast.context.entry import Entry
from copylast.context.files import BuildContext
from copylast.context.gopath import glob_matcher, glob_problem, has_wildcard, in_root
from copylast.context.reach import Reach
from copylast.records import NamedTuple


class Item(NamedTuple):
    """One resolved source: ``real`` is where it is, ``named`` how it was reached, ``target`` its place.

    ``wanted`` says of a path below a directory whether it comes along; None for all.
    ``reach`` bounds where such paths can be.
    """

    real: str
    named: str
    entry: Entry
    target: str
    wanted: Callable[[str], bool] | None = None
    reach: Reach | None = None


class Named:
    """The places that ``sources`` name, found when they are first asked for.

    ``parents`` and ``exclude`` are COPY's flags, ``into`` says that the destination is a directory.
    """

    def __init__(
        self,
        context: BuildContext,
        sources: tuple[str, ...],
        dest: str,
        parents: bool,
        exclude: tuple[str, ...],
        into: bool,
    ) -> None:
        self.context = context
        self.sources = sources
        self.dest = dest
        self._parents = parents
        self._exclude = exclude
        self._into = into
        self._missing: list[str] = []
        self._unmatched: list[str] = []
        self._patterns: list[tuple[str, Item]] = []

    @property
    def missing(self) -> tuple[str, ...]:
        """As :attr:`copylast.context.select.Selection.missing`."""
        assert self.items is not None
        return tuple(self._missing)

    @property
    def unmatched(self) -> tuple[str, ...]:
        """As :attr:`copylast.context.select.Selection.unmatched`."""
        assert self.items is not None
        empty = [source for source, item in self._patterns if next(self.matching(item), None) is None]
        return (*self._unmatched, *empty)

    @cached_property
    def items(self) -> list[Item]:
        """In the order of the sources; filling it also finds what is missing."""
        items: list[Item] = []
        for source in self.sources:
            if self._parents:
                items += self._with_parents(source)
                continue
            for named in self._expand(source):
                item = self._item(named, "/" + named)
                if item.entry.kind != "dir" and (self._into or any(one.entry.kind == "dir" for one in items)):
                    item = item._replace(target=joined(self.dest, named.rpartition("/")[2]))
                items.append(item)
        return items

    def _item(self, named: str, source: str) -> Item:
        real = self.context.resolve(named)
        entry = self.context.entry(real) if real is not None else None
        assert real is not None and entry is not None
        wanted = self._not_excluded if entry.kind == "dir" and self._exclude else None
        return Item(real, named, entry, self.dest, wanted)

    def _expand(self, source: str) -> list[str]:
        """The context paths that a source names; each of them is there. Keeps the books on the others."""
        parts = in_root(source).split("/")
        first = next((at for at, part in enumerate(parts) if has_wildcard(part)), None)
        if first is None:
            path = "/".join(parts)
            if self.context.resolve(path) is not None:
                return [path]
            self._missing.append(source)
            return []
        base = self.context.resolve("/".join(parts[:first]))
        if base is None or any(glob_problem(part) for part in parts[first:]):
            # The folder before a wildcard is looked up like any name; a build without it fails.
            self._missing.append(source)
            return []
        found = [base]
        for part in parts[first:]:
            matches = glob_matcher(part)
            skip = [len(path) + 1 if path else 0 for path in found]
            found = [
                child.path
                for path, start in zip(found, skip, strict=True)
                for child in self.context.children(path)
                if matches(child.path[start:])
            ]
        there = [path for path in found if self.context.resolve(path) is not None]
        if len(there) < len(found):
            # What a wildcard matches is followed for the key of the step.
            self._missing.append(source)
        elif not found:
            self._unmatched.append(source)
        return there

    def _with_parents(self, source: str) -> Iterator[Item]:
        """``--parents``: what lies below the root or the part before ``/./`` and matches the rest."""
        before, pivot, after = source.partition("/./")
        pattern = in_root(after if pivot else source)
        if any(glob_problem(part) for part in pattern.split("/")):
            self._missing.append(source)
            return
        plain = not has_wildcard(pattern) and "\\" not in pattern
        # Where a wildcard stands before the "/./", not every match has to have what is behind it.
        required = plain and not has_wildcard(before)
        for named in self._expand(before) if pivot else [""]:
            top = self._item(named, before)
            if top.entry.kind != "dir":
                if required:
                    self._missing.append(source)
                continue
            if not pattern:
                continue  # "." and "src/./" match nothing: what is looked for is a path below, and none is empty
            if plain:
                path = "/".join(filter(None, (top.real, pattern)))
                entry = self.context.entry(path)
                if entry is None:
                    if required:
                        self._missing.append(source)
                elif not self._exclude or self._not_excluded(pattern):
                    below = self._below_excluded(pattern) if self._exclude else None
                    yield Item(path, path, entry, joined(self.dest, pattern), below)
                continue
            matches = _spec([pattern])

            def wanted(path: str, matches: Callable[[str], bool] = matches) -> bool:
                return matches(path) and (not self._exclude or self._not_excluded(path))

            item = top._replace(wanted=wanted, reach=Reach([pattern, pattern + "/**"]))
            self._patterns.append((source, item))
            yield item

    def _below_excluded(self, start: str) -> Callable[[str], bool]:
        return lambda inside: self._not_excluded(f"{start}/{inside}" if start else inside)

    @cached_property
    def _not_excluded(self) -> Callable[[str], bool]:
        # Unlike in an ignore file, "/lib" is not "lib", and no path begins with a slash.
        excluded = _spec([pattern for pattern in self._exclude if not pattern.startswith("/")])
        return lambda inside: not excluded(inside)

    def matching(self, item: Item) -> Iterator[Entry]:
        """The entries below a directory that come along."""
        skip = len(item.real) + 1 if item.real else 0
        return (one for one in self.below(item) if item.wanted is None or item.wanted(one.path[skip:]))

    def below(self, item: Item) -> Iterator[Entry]:
        """The entries below a directory, leaving out directories in which nothing can be wanted."""
        if item.reach is None:
            yield from self.context.files(item.real)
            return
        skip = len(item.real) + 1 if item.real else 0
        stack = [iter(self.context.children(item.real))]
        while stack:
            for entry in stack[-1]:
                yield entry
                if entry.kind == "dir" and item.reach.below(entry.path[skip:]):
                    stack.append(iter(self.context.children(entry.path)))
                    break
            else:
                stack.pop()


def _spec(patterns: Sequence[str]) -> Callable[[str], bool]:
    from copylast.context.ignore_spec import build

    return build(" " + pattern for pattern in patterns).match_file


def joined(directory: str, inside: str) -> str:
    """The image path of what is ``inside`` the directory."""
    return directory.rstrip("/") + "/" + inside if inside else directory
