"""What a COPY, an ADD or a bind mount selects from a context, and where it lands in the image.

Source of fact: BuildKit's ``dispatchCopy`` and ``fsutil/copy``. A source directory gives its contents;
wildcards match name by name; links named as sources (or on the way to them) are followed inside the
root, links found in directories are copied as links; ``--parents`` keeps the path from the root or from
a ``/./``; ``--exclude`` counts from each source directory and never takes away a file that is named (or
matched by a wildcard) itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from itertools import islice

from copylast.context.entry import Entry
from copylast.context.files import BuildContext
from copylast.context.gopath import clean, has_wildcard, in_root
from copylast.context.named import Named, joined
from copylast.records import NamedTuple, made
from copylast.regexes import lazy_regex

_REMOTE = lazy_regex(r"https?://|git://|ssh://|git@[^/]+:", re.I)


class LeftOut(NamedTuple):
    """A source as it was asked for, and the ``path`` of it that the ignore file leaves out.

    That is the folder before a wildcard, if it has one.
    """

    source: str
    path: str


class Pair(NamedTuple):
    """One selected entry (a directory too) and its place in the image."""

    entry: Entry
    image_path: str


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
        into = dest_is_dir or len(sources) > 1 or dest.endswith(("/", "/.")) or self.dest in ("/", "?")
        self.asked = (self.sources, self.dest, parents, exclude, into)
        """What was asked for: equal of two selections from one context that select the same."""
        self._named = Named(context, *self.asked)

    @property
    def missing(self) -> tuple[str, ...]:
        """Sources for which the build fails.

        Absent or ignored, also the folder before a wildcard; a wildcard that is no pattern of Go's, or that
        matches a link which leads to nothing.
        """
        return self._named.missing

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """Those of the missing sources that no file in the folder would bring: the ignore file is in the way.

        Nothing is said of what lies behind a link.
        """
        ignore = self.context.ignore
        found: list[LeftOut] = []
        if ignore is None:
            return ()
        for source in self.missing:
            parts = in_root(source).split("/")
            end = next((at for at, part in enumerate(parts) if has_wildcard(part)), len(parts))
            above = ["/".join(parts[:at]) for at in range(1, end + 1)]
            if not above or not self.context.ignored(above[-1]) or ignore.may_reinclude_below(above[-1]):
                continue
            entries = map(self.context.raw_entry, above[:-1])
            if all(entry is None or entry.kind != "link" for entry in entries):
                found.append(LeftOut(source, above[-1]))
        return tuple(found)

    @property
    def unmatched(self) -> tuple[str, ...]:
        """Sources with a wildcard that matches nothing: the build goes on.

        But not with ``folder/*`` of an empty folder, unless another COPY asks for the folder: it is not sent.
        """
        return self._named.unmatched

    @property
    def is_broad(self) -> bool:
        """Whether a directory is selected, so that what comes along is not named."""
        return any(
            item.entry.kind == "dir"
            and (item.reach is None or any(entry.kind == "dir" for entry in self._named.matching(item)))
            for item in self._named.items
        )

    @property
    def folders(self) -> tuple[str, ...]:
        """The directories that come along with all below them, but for what ``--exclude`` keeps; "" is the root."""
        whole = [item.real for item in self._named.items if item.entry.kind == "dir" and item.reach is None]
        return tuple(dict.fromkeys(whole) if len(whole) > 1 else whole)

    @property
    def named(self) -> tuple[str, ...]:
        """The context paths that the sources name themselves, links followed: what is in them is not among these."""
        return tuple(dict.fromkeys(item.real for item in self._named.items))

    def takes(self, context_path: str) -> bool:
        """Whether the file at ``context_path`` would come along with a folder if it were there, and not ignored."""
        for item in self._named.items:
            inside = _inside(context_path, item.real) if item.entry.kind == "dir" else None
            if inside is not None and (item.wanted is None or item.wanted(inside)):
                return True
        return False

    def pairs(self) -> Iterator[Pair]:
        """Everything selected, in the order of the sources; directories by name, depth first."""
        for item in self._named.items:
            if item.entry.kind != "dir":
                yield made(Pair, (item.entry, item.target))
                continue
            skip = len(item.real) + 1 if item.real else 0
            start = item.target.rstrip("/") + "/"
            for entry in self._named.below(item):
                inside = entry.path[skip:]
                if item.wanted is None or item.wanted(inside):
                    yield made(Pair, (entry, start + inside))

    def entries(self) -> Iterator[Entry]:
        """Everything selected, as :meth:`pairs`, without the places."""
        for item in self._named.items:
            if item.entry.kind != "dir":
                yield item.entry
            else:
                yield from self._named.matching(item) if item.wanted is not None else self._named.below(item)

    def count(self, limit: int) -> int:
        """How many files (directories not counted) are selected; of more than ``limit`` just so many."""
        found = 0
        for item in self._named.items:
            if item.entry.kind != "dir":
                found += 1
            elif item.wanted is None:
                found += self.context.count(item.real, limit - found)
            else:
                found += sum(islice((1 for entry in self._named.matching(item) if entry.kind != "dir"), limit - found))
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
        for item in self._named.items:
            if context_path in (item.real, item.named):
                return item.target
            inside = _inside(context_path, item.real) if item.entry.kind == "dir" else None
            if inside is not None and (item.wanted is None or item.wanted(inside)):
                return joined(item.target, inside)
        return None

    def context_path(self, image_path: str) -> str | None:
        """The context file that lands at the normal ``image_path``, and is there; None if there is none.

        Walks nothing.
        """
        for item in reversed(self._named.items):
            if image_path == item.target:
                return item.real
            inside = _inside(image_path, item.target) if item.entry.kind == "dir" else None
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
        for item in reversed(self._named.items):
            if wanted == item.target:
                found.append(item.real)
                continue
            inside = _inside(wanted, item.target) if item.entry.kind == "dir" else None
            if inside is not None and (item.wanted is None or item.wanted(inside)):
                found.append(f"{item.real}/{inside}" if item.real else inside)
        return found


def _is_remote(source: str) -> bool:
    return bool(_REMOTE.match(source))


def _other(entry: Entry, than: Set[str]) -> bool:
    return entry.kind != "dir" and entry.path not in than


def _inside(path: str, directory: str) -> str | None:
    """The rest of ``path`` below ``directory``; None if it is not below it."""
    start = directory if directory.endswith("/") or not directory else directory + "/"
    return path[len(start) :] if path.startswith(start) and path != directory else None
