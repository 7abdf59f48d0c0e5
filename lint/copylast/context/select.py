"""What a COPY, an ADD or a bind mount selects from a context, and where it lands in the image.

Source of fact: BuildKit's ``dispatchCopy`` and ``fsutil/copy``. A source directory gives its contents;
wildcards match name by name; links named as sources (or on the way to them) are followed inside the
root, links found in directories are copied as links; ``--parents`` keeps the path from the root or from
a ``/./``; ``--exclude`` counts from each source directory and never takes away a file that is named (or
matched by a wildcard) itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence, Set
from functools import cached_property
from itertools import islice

from copylast.context.entry import Entry
from copylast.context.files import BuildContext
from copylast.context.gopath import clean, glob_matcher, glob_problem, has_wildcard, in_root
from copylast.context.reach import Reach
from copylast.records import NamedTuple
from copylast.regexes import lazy_regex

_REMOTE = lazy_regex(r"https?://|git://|ssh://|git@[^/]+:", re.I)


class Pair(NamedTuple):
    """One selected entry (a directory too) and its place in the image."""

    entry: Entry
    image_path: str


class _Item(NamedTuple):
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


def select(
    context: BuildContext,
    sources: Sequence[str],
    dest: str,
    *,
    parents: bool = False,
    exclude: Sequence[str] = (),
    is_add: bool = False,
    dest_is_dir: bool = False,
) -> Selection:
    """What ``sources`` (already expanded words) select, to be asked lazily.

    ``dest`` is an absolute image path, or begins with ``?`` where the working directory is unknown. A
    file goes *into* it if it ends with ``/``, if there are several sources, or if the caller knows that
    it is a directory (``dest_is_dir``). Nothing is read before a question is asked.
    """
    return Selection(context, tuple(sources), dest, parents, tuple(exclude), is_add, dest_is_dir)


class Selection:
    """The answer of :func:`select`."""

    def __init__(
        self,
        context: BuildContext,
        sources: tuple[str, ...],
        dest: str,
        parents: bool,
        exclude: tuple[str, ...],
        is_add: bool,
        dest_is_dir: bool,
    ) -> None:
        self.context = context
        self.dest = clean(dest)
        self.remote = tuple(one for one in sources if is_add and _is_remote(one))
        """Sources of an ADD that are addresses, not files."""
        self.sources = tuple(one for one in sources if one not in self.remote)
        self._parents = parents
        self._exclude = exclude
        self._into = dest_is_dir or len(sources) > 1 or dest.endswith(("/", "/.")) or self.dest in ("/", "?")
        self._missing: list[str] = []
        self._unmatched: list[str] = []
        self._patterns: list[tuple[str, _Item]] = []

    @property
    def missing(self) -> tuple[str, ...]:
        """Sources that are absent or ignored, also in the folder before a wildcard: the build fails."""
        assert self._items is not None
        return tuple(self._missing)

    @property
    def unmatched(self) -> tuple[str, ...]:
        """Sources with a wildcard that matches nothing: the build goes on."""
        assert self._items is not None
        empty = [source for source, item in self._patterns if next(self._matching(item), None) is None]
        return (*self._unmatched, *empty)

    @property
    def is_broad(self) -> bool:
        """Whether a directory is selected, so that what comes along is not named."""
        return any(
            item.entry.kind == "dir"
            and (item.reach is None or any(entry.kind == "dir" for entry in self._matching(item)))
            for item in self._items
        )

    def pairs(self) -> Iterator[Pair]:
        """Everything selected, in the order of the sources; directories by name, depth first."""
        for item in self._items:
            if item.entry.kind != "dir":
                yield Pair(item.entry, item.target)
                continue
            skip = len(item.real) + 1 if item.real else 0
            start = item.target.rstrip("/") + "/"
            for entry in self._below(item):
                inside = entry.path[skip:]
                if item.wanted is None or item.wanted(inside):
                    yield Pair(entry, start + inside)

    def entries(self) -> Iterator[Entry]:
        """Everything selected, as :meth:`pairs`, without the places."""
        for item in self._items:
            if item.entry.kind != "dir":
                yield item.entry
            else:
                yield from self._matching(item) if item.wanted is not None else self._below(item)

    def count(self, limit: int) -> int:
        """How many files (directories not counted) are selected; of more than ``limit`` just so many."""
        found = 0
        for item in self._items:
            if item.entry.kind != "dir":
                found += 1
            elif item.wanted is None:
                found += self.context.count(item.real, limit - found)
            else:
                found += sum(islice((1 for entry in self._matching(item) if entry.kind != "dir"), limit - found))
            if found >= limit:
                break
        return found

    def first_other(self, than: Set[str]) -> Entry | None:
        """A selected file (not a directory) whose context path is not in ``than``."""
        return next((pair.entry for pair in self.pairs() if _other(pair.entry, than)), None)

    def image_path(self, context_path: str) -> str | None:
        """Where the file at ``context_path`` lands; None if it is absent, ignored or not selected."""
        entry = self.context.entry(context_path)
        if entry is None:
            return None
        for item in self._items:
            if context_path in (item.real, item.named):
                return item.target
            inside = _inside(context_path, item.real) if item.entry.kind == "dir" else None
            if inside is not None and (item.wanted is None or item.wanted(inside)):
                return _join(item.target, inside)
        return None

    def context_path(self, image_path: str) -> str | None:
        """The context file that lands at ``image_path``; None if there is none. Walks nothing."""
        wanted = clean(image_path)
        for item in reversed(self._items):
            if wanted == item.target:
                return item.real
            inside = _inside(wanted, item.target) if item.entry.kind == "dir" else None
            if inside is None or (item.wanted is not None and not item.wanted(inside)):
                continue
            candidate = f"{item.real}/{inside}" if item.real else inside
            if self.context.entry(candidate) is not None:
                return candidate
        return None

    def places(self, image_path: str) -> list[str]:
        """The context paths that would land at ``image_path`` if they were there, the winner first."""
        wanted = clean(image_path)
        found: list[str] = []
        for item in reversed(self._items):
            if wanted == item.target:
                found.append(item.real)
                continue
            inside = _inside(wanted, item.target) if item.entry.kind == "dir" else None
            if inside is not None and (item.wanted is None or item.wanted(inside)):
                found.append(f"{item.real}/{inside}" if item.real else inside)
        return found

    @cached_property
    def _items(self) -> list[_Item]:
        items: list[_Item] = []
        for source in self.sources:
            if self._parents:
                items += self._with_parents(source)
                continue
            for named in self._expand(source):
                item = self._item(named, "/" + named)
                if item.entry.kind != "dir" and (self._into or any(one.entry.kind == "dir" for one in items)):
                    item = item._replace(target=_join(self.dest, named.rpartition("/")[2]))
                items.append(item)
        return items

    def _item(self, named: str, source: str) -> _Item:
        real = self.context.resolve(named)
        entry = self.context.entry(real) if real is not None else None
        assert real is not None and entry is not None
        wanted = self._not_excluded if entry.kind == "dir" and self._exclude else None
        return _Item(real, named, entry, self.dest, wanted)

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
        found: list[str] = []
        base = self.context.resolve("/".join(parts[:first]))
        if base is None:
            # The folder before a wildcard is looked up like any name; a build without it fails.
            self._missing.append(source)
            return []
        if not any(glob_problem(part) for part in parts[first:]):
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
            found = [path for path in found if self.context.resolve(path) is not None]
        if not found:
            self._unmatched.append(source)
        return found

    def _with_parents(self, source: str) -> Iterator[_Item]:
        """``--parents``: what lies below the root or the part before ``/./`` and matches the rest."""
        before, pivot, after = source.partition("/./")
        pattern = in_root(after if pivot else source)
        for named in self._expand(before) if pivot else [""]:
            top = self._item(named, before)
            if top.entry.kind != "dir":
                continue
            if not has_wildcard(pattern) and "\\" not in pattern:
                path = "/".join(filter(None, (top.real, pattern)))
                entry = self.context.entry(path)
                if entry is None:
                    self._missing.append(source)
                elif not self._exclude or self._not_excluded(pattern):
                    below = self._below_excluded(pattern) if self._exclude else None
                    yield _Item(path, path, entry, _join(self.dest, pattern), below)
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
        excluded = _spec(self._exclude)
        return lambda inside: not excluded(inside)

    def _matching(self, item: _Item) -> Iterator[Entry]:
        skip = len(item.real) + 1 if item.real else 0
        return (one for one in self._below(item) if item.wanted is None or item.wanted(one.path[skip:]))

    def _below(self, item: _Item) -> Iterator[Entry]:
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


def _is_remote(source: str) -> bool:
    return bool(_REMOTE.match(source))


def _other(entry: Entry, than: Set[str]) -> bool:
    return entry.kind != "dir" and entry.path not in than


def _join(directory: str, inside: str) -> str:
    return directory.rstrip("/") + "/" + inside if inside else directory


def _inside(path: str, directory: str) -> str | None:
    """The rest of ``path`` below ``directory``; None if it is not below it."""
    start = directory if directory.endswith("/") or not directory else directory + "/"
    return path[len(start) :] if path.startswith(start) and path != directory else None
