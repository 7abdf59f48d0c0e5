"""The build context: what a COPY may read.

All paths here are relative to the context's root, with ``/`` and without a leading ``./``; the root
itself is ``""``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from copylast.context.caller import Caller, Export, nobody, nowhere
from copylast.context.churn import Churn
from copylast.context.entry import ContextError, Entry
from copylast.context.ignore import IgnoreFile, parse_ignore
from copylast.context.ignore_walk import State

IGNORE_NAME = ".dockerignore"
LINK_LIMIT = 255
IGNORE_SIZE_LIMIT = 5_000_000


def _never() -> tuple[str, ...]:
    return ()


class BuildContext(ABC):
    """The files that a build can see, read lazily, never followed out of the root.

    Implementations give the four raw looks; everything else is the same for a folder on disk, a
    dictionary in memory, an editor's unsaved buffers and a git tree.
    """

    label: str
    """How people call this context: a path, or ``memory``."""

    ignore: IgnoreFile | None
    """The one ignore file that counts; its ``path`` is relative to the root and may begin with ``../``."""

    ignore_names: tuple[str, ...]
    """Where an ignore file would be found, the first that exists counts; relative as above."""

    heeds_ignore_file: bool = True
    """False where no ignore file would count, as in a git context."""

    callers: Callable[[], Sequence[Caller]]
    """Asks which builds of the project pass an argument that is another one each time; declarations are read for it."""

    exports: Callable[[], Sequence[Export]]
    """Asks which builds of the project export their cache; declarations are read for it."""

    former: Callable[[], Sequence[str]]
    """Asks how the Dockerfile read after the last commits that changed it, the newest first; git is run for it."""

    notes: list[str]
    """What could not be read, said for people; grows while the context is used."""

    def __init__(self, label: str, dockerfile: str | None = None) -> None:
        """``dockerfile`` is its path from the root (``../`` allowed): an ignore file may stand beside it."""
        self.label = label
        beside = (dockerfile + IGNORE_NAME,) if dockerfile else ()
        self.ignore_names = (*beside, IGNORE_NAME)
        self.ignore = None
        self.notes = []
        self.callers = nobody
        self.exports = nowhere
        self.former = _never
        self._verdicts: dict[str, tuple[bool, State]] = {}
        self._held: dict[str, bool] = {}
        self._counts: dict[tuple[str, int], int] = {}
        self._listed: dict[str, tuple[list[Entry], Iterator[Entry]]] = {}

    @property
    def has_ignore_file(self) -> bool:
        """Whether an ignore file counts for this context."""
        return self.ignore is not None

    @property
    def ignore_path(self) -> str | None:
        """Where the ignore file that counts is, relative to the root; None if there is none."""
        return self.ignore.path if self.ignore else None

    @abstractmethod
    def raw_entry(self, path: str) -> Entry | None:
        """The entry at ``path`` (not followed if it is a link), ignored or not.

        None if absent, or if a link stands on the way to it.
        """

    @abstractmethod
    def raw_children(self, path: str) -> tuple[Entry, ...]:
        """The entries of a directory, sorted by name; empty if it is not a readable directory."""

    @abstractmethod
    def raw_read(self, path: str, limit: int) -> bytes:
        """The first ``limit`` bytes of a regular file. Raises :class:`ContextError`."""

    @abstractmethod
    def raw_link(self, path: str) -> str:
        """The target text of a link. Raises :class:`ContextError`."""

    def load_ignore(self) -> None:
        """Find the ignore file among the entries; implementations call it when they are ready."""
        for name in self.ignore_names:
            text = self.ignore_text(name)
            if text is not None:
                self.use_ignore(name, text)
                return

    def ignore_text(self, name: str) -> str | None:
        """The text of the ignore file called ``name``; None if it is not there."""
        place = None if name.startswith("../") else self.resolve(name)
        found = self.raw_entry(place) if place else None
        if place is None or found is None or found.kind != "file":
            return None
        try:
            # Names on disk that are not UTF-8 arrive with the same escapes, so patterns still match.
            return self.raw_read(place, IGNORE_SIZE_LIMIT).decode("utf-8", "surrogateescape")
        except ContextError as error:
            self.notes.append(str(error))
            return None

    def use_ignore(self, path: str, text: str) -> None:
        """Let the ignore file with ``text`` decide from now on."""
        self.ignore = parse_ignore(text, path)
        self._verdicts.clear()
        self._held.clear()
        self._listed.clear()
        self._counts.clear()

    def entry(self, path: str) -> Entry | None:
        """The entry at ``path`` if it exists and is not ignored."""
        found = self.raw_entry(path)
        if found is None or not self.ignore or not path:
            return found
        if self._verdict(path)[0] and not (found.kind == "dir" and self._holds_reincluded(path)):
            return None
        return found

    def children(self, path: str) -> tuple[Entry, ...]:
        """The entries of a directory that are not ignored."""
        raw = self.raw_children(path)
        if not self.ignore:
            return raw
        step, (closed, state) = self.ignore.step, self._verdict(path)
        if closed and not self.ignore.may_reinclude_below(path):
            return ()
        kept: list[Entry] = []
        for child in raw:
            ignored, _ = step(child.path, state)
            if not ignored or (child.kind == "dir" and self._holds_reincluded(child.path)):
                kept.append(child)
        return tuple(kept)

    def files(self, path: str = "") -> Iterator[Entry]:
        """All entries below ``path`` that a COPY of it brings (directories too), depth first by name.

        Excluded directories are entered only where a ``!`` pattern could match below them; they are
        then among the entries if something in them is.
        """
        known = self._listed.get(path)
        if known is None:
            known = self._listed[path] = ([], self._walk(path))
        # Many steps copy the same folder, and many questions are asked of each; some leave half way.
        found, rest = known
        at = 0
        while True:
            while at < len(found):
                yield found[at]
                at += 1
            entry = next(rest, None)
            if entry is None:
                return
            found.append(entry)

    def count(self, path: str, limit: int) -> int:
        """How many files (directories not counted) a COPY of ``path`` brings; of more than ``limit`` just so many."""
        known = self._counts.get((path, limit))
        if known is None:
            entries = (1 for entry in self.files(path) if entry.kind != "dir")
            known = self._counts[path, limit] = sum(islice(entries, limit))
        return known

    def _walk(self, path: str) -> Iterator[Entry]:
        ignore = self.ignore
        step = ignore.step if ignore else None
        closed, state = self._verdict(path) if ignore else (False, ())
        if ignore and closed and not ignore.may_reinclude_below(path):
            return
        stack = [(iter(self.raw_children(path)), state)]
        held: list[Entry | None] = [None]
        holding = 0
        while stack:
            children, state = stack[-1]
            for child in children:
                ignored, below = step(child.path, state) if step else (False, state)
                if ignored:
                    if child.kind == "dir" and ignore and ignore.may_reinclude_below(child.path):
                        stack.append((iter(self.raw_children(child.path)), below))
                        held.append(child)
                        holding += 1
                        break
                    continue
                if holding:
                    for at, waiting in enumerate(held):
                        if waiting is not None:
                            yield waiting
                            held[at] = None
                    holding = 0
                yield child
                if child.kind == "dir":
                    stack.append((iter(self.raw_children(child.path)), below))
                    held.append(None)
                    break
            else:
                stack.pop()
                holding -= held.pop() is not None

    def resolve(self, path: str) -> str | None:
        """``path`` with links followed as in a build: the root is the top, for ``..`` and ``/`` too.

        None if it leads nowhere, in a circle, or to something ignored.
        """
        plain = self.entry(path)
        if plain is not None and plain.kind != "link":
            return path  # there is no link on the way to an entry
        done: list[str] = []
        todo = path.split("/")[::-1]
        hops = 0
        while todo:
            part = todo.pop()
            if part in ("", "."):
                continue
            if part == "..":
                del done[-1:]
                continue
            here = "/".join((*done, part))
            found = self.entry(here)
            if found is None:
                return None
            if found.kind != "link":
                done.append(part)
                continue
            hops += 1
            if hops > LINK_LIMIT:
                return None
            try:
                target = self.raw_link(here)
            except ContextError:
                return None
            if target.startswith("/"):
                done.clear()
            todo += target.split("/")[::-1]
        return "/".join(done)

    def read_text(self, path: str, limit: int = 20_000_000) -> str:
        """The text of a file that is not ignored (UTF-8, without a byte order mark).

        Links are followed inside the root. Raises :class:`ContextError`.
        """
        place = self.resolve(path)
        found = self.entry(place) if place is not None else None
        if place is None or found is None:
            raise ContextError(f"{path}: not in the build context")
        if found.kind != "file":
            raise ContextError(f"{path}: not a regular file")
        data = self.raw_read(place, limit + 1)
        if len(data) > limit:
            raise ContextError(f"{path}: larger than {limit} bytes")
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise ContextError(f"{path}: not UTF-8 text (byte {error.start})") from None

    def ignored(self, path: str) -> bool:
        """Whether the ignore file leaves ``path`` out, be it there or not."""
        return bool(path) and self.ignore is not None and self._verdict(path)[0]

    def tracked(self, path: str) -> bool:
        """Whether ``path``, or something below it, is part of the repository.

        What has no git repository around it counts as part of it as soon as it is there. Git's own folder is none.
        """
        return self.raw_entry(path) is not None and path.rpartition("/")[2] != ".git"

    def churn(self, paths: Iterable[str]) -> Churn | None:
        """How often any of ``paths`` (files, or directories with all below) changed; None if nobody knows.

        Git is run for it, with bounds: only rules that people choose by name may ask.
        """
        return None

    def shown(self, path: str) -> str:
        """How a path of this context is written in edits and messages."""
        return path

    def _verdict(self, path: str) -> tuple[bool, State]:
        """Whether ``path`` itself is ignored, and the walk's state below it."""
        assert self.ignore is not None
        if not path:
            return False, self.ignore.start
        verdicts = self._verdicts
        if path in verdicts:
            return verdicts[path]
        # From the top down, without recursion: folders may lie two thousand deep.
        unknown = [path]
        while (parent := unknown[-1].rpartition("/")[0]) and parent not in verdicts:
            unknown.append(parent)
        closed, state = verdicts[parent] if parent else (False, self.ignore.start)
        for one in reversed(unknown):
            # Where a closed folder is not entered, the walk does not come, whatever the patterns say.
            shut = closed and not self.ignore.may_reinclude_below(parent)
            closed, state = self.ignore.step(one, state)
            closed = closed or shut
            verdicts[one] = (closed, state)
            parent = one
        return closed, state

    def _holds_reincluded(self, path: str) -> bool:
        """Whether something below an ignored directory is in the context, so that it is too."""
        assert self.ignore is not None
        if not self.ignore.may_reinclude_below(path):
            return False
        known = self._held.get(path)
        if known is None:
            known = self._held[path] = next(self.files(path), None) is not None
        return known
