"""A folder on disk as build context."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from functools import cached_property
from operator import attrgetter

from copylast.context.churn import Churn
from copylast.context.entry import ROOT, ContextError, Entry, Kind
from copylast.context.files import IGNORE_SIZE_LIMIT, BuildContext
from copylast.context.listings import Listings, kind_of
from copylast.ondisk import absolute, read_bytes

_KINDS: dict[int, Kind] = {stat.S_IFREG: "file", stat.S_IFDIR: "dir", stat.S_IFLNK: "link"}


# Between the look and the opening a file can become a link or a FIFO.
_CAREFUL = ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY", "O_NOCTTY")
_FLAGS = os.O_RDONLY | sum(getattr(os, name, 0) for name in _CAREFUL)
# The root is what somebody named as the context, and may itself be a link.
_ROOT_FLAGS = _FLAGS & ~getattr(os, "O_NOFOLLOW", 0)


class DiskContext(BuildContext):
    """The folder ``root``, listed lazily and once. What cannot be read is absent, and a note says so.

    ``dockerfile`` (a path on disk) has an ignore file of its own beside it if there is
    ``<dockerfile>.dockerignore``; it may lie outside ``root``. With ``use_ignore_file=False`` (a git
    context) no ignore file counts. ``listings`` are those of the run: what they know of ``root`` is not asked again.
    """

    def __init__(
        self,
        root: str | os.PathLike[str],
        dockerfile: str | os.PathLike[str] | None = None,
        *,
        label: str | None = None,
        use_ignore_file: bool = True,
        listings: Listings | None = None,
    ) -> None:
        self.root = absolute(root)
        inside = None
        if dockerfile is not None:
            place, start = absolute(dockerfile), self.root.rstrip(os.sep) + os.sep
            inside = place[len(start) :] if place.startswith(start) else os.path.relpath(place, self.root)
            inside = inside.replace(os.sep, "/")
        super().__init__(label if label is not None else str(root), inside)
        self._children: dict[str, tuple[Entry, ...]] = {}
        self._entries: dict[str, Entry | None] = {"": ROOT}
        self._listings = listings
        self.heeds_ignore_file = use_ignore_file
        if use_ignore_file:
            self.load_ignore()

    def ignore_text(self, name: str) -> str | None:
        """As for every context; but an ignore file beside a Dockerfile outside the root is read too."""
        if not name.startswith("../"):
            return super().ignore_text(name)
        try:
            return self._read(os.path.join(self.root, name), name, IGNORE_SIZE_LIMIT).decode("utf-8", "surrogateescape")
        except ContextError:
            return None

    def raw_entry(self, path: str) -> Entry | None:
        entries = self._entries
        if path in entries:
            return entries[path]
        # From the top down, without recursion: a system allows 2,048 folders in each other.
        unknown = [path]
        while (parent := unknown[-1].rpartition("/")[0]) not in entries:
            unknown.append(parent)
        above = entries[parent]
        for one in reversed(unknown):
            above = entries[one] = self._look(one, above)
        return above

    def _look(self, path: str, above: Entry | None) -> Entry | None:
        """The entry at ``path``, of which ``above`` is the folder."""
        parent, _, name = path.rpartition("/")
        if above is None or above.kind != "dir" or name in ("", ".", "..") or path.startswith("/"):
            return None
        if parent in self._children:
            # A folder that was listed has no more names than those.
            return None
        names = self._listings.known(self.root) if self._listings is not None and not parent else None
        if names is not None:
            return _Listed(path, names[path], self.root) if path in names else None
        try:
            return _entry(path, os.lstat(self._place(path)))
        except (OSError, ValueError):
            return None

    def raw_children(self, path: str) -> tuple[Entry, ...]:
        known = self._children.get(path)
        if known is not None:
            return known
        names = self._listings.of(self.root) if self._listings is not None and not path else None
        if names is not None:
            found: list[Entry] = [_Listed(name, kind, self.root) for name, kind in names.items()]
        else:
            found = self._listing(path)
        found.sort(key=_path_of)
        children = self._children[path] = tuple(found)
        self._entries.update([(child.path, child) for child in children])
        return children

    def _listing(self, path: str) -> list[Entry]:
        found: list[Entry] = []
        here = self.raw_entry(path)
        if here is not None and here.kind == "dir":
            start, root = path + "/" if path else "", self.root
            try:
                with _opened(self._place(path), _FLAGS if path else _ROOT_FLAGS) as place, os.scandir(place) as listing:
                    for one in listing:
                        try:
                            found.append(_Listed(start + one.name, kind_of(one), root))
                        except OSError as error:
                            self._note(start + one.name, error)
            except OSError as error:
                self._note(path or ".", error)
        return found

    def raw_read(self, path: str, limit: int) -> bytes:
        found = self.raw_entry(path)
        if found is None or found.kind != "file":
            raise ContextError(f"{path}: not a regular file")
        return self._read(self._place(path), path, limit)

    def raw_link(self, path: str) -> str:
        found = self.raw_entry(path)
        if found is None or found.kind != "link":
            raise ContextError(f"{path}: not a link")
        try:
            return os.readlink(self._place(path)).replace(os.sep, "/")
        except OSError as error:
            raise ContextError(f"{path}: {error.strerror}") from None

    def tracked(self, path: str) -> bool:
        """As for every context; git is asked only for what is there."""
        if self.raw_entry(path) is None:
            return False
        from copylast.context.gitrun import GitError, find_repository, git_output

        repository = find_repository(self.root)
        if repository is None:
            return True
        inside = os.path.relpath(self._place(path), repository.top).replace(os.sep, "/")
        try:
            return bool(git_output(repository.git_dir, ["ls-files", "-z", "--cached", "--", f":(top,literal){inside}"]))
        except GitError:
            return True

    def churn(self, paths: Iterable[str]) -> Churn | None:
        """From git's history, which is read when somebody asks for the first time."""
        ask = self._churn
        return ask(paths) if ask is not None else None

    @cached_property
    def _churn(self) -> Callable[[Iterable[str]], Churn] | None:
        from copylast.context.history import load_history

        history = load_history(self.root).history
        return history.churn if history is not None else None

    def shown(self, path: str) -> str:
        """The path on disk, from where the label counts."""
        return os.path.normpath(os.path.join(self.label, path))

    def _place(self, path: str) -> str:
        return f"{self.root}/{path}" if path else self.root

    def _read(self, place: str, path: str, limit: int) -> bytes:
        try:
            descriptor = os.open(place, _FLAGS)
            try:
                found = os.fstat(descriptor)
                if not stat.S_ISREG(found.st_mode):
                    raise ContextError(f"{path}: not a regular file")
                return read_bytes(descriptor, found.st_size, limit)
            finally:
                os.close(descriptor)
        except OSError as error:
            raise ContextError(f"{path}: {error.strerror}") from None

    def _note(self, path: str, error: OSError) -> None:
        self.notes.append(f"{path}: {error.strerror}, taken as absent")


@contextmanager
def _opened(folder: str, flags: int) -> Generator[int | str]:
    """A handle for listing ``folder``: names are then looked up from it, not from the top each time."""
    if os.scandir not in os.supports_fd:  # Windows
        yield folder
        return
    handle = os.open(folder, flags | os.O_DIRECTORY)
    try:
        yield handle
    finally:
        os.close(handle)


class _Listed(Entry):
    """A name from a listing, which says what it is; the rest is asked for when somebody wants it."""

    __slots__ = ("_root", "_stat")

    def __init__(self, path: str, kind: Kind, root: str) -> None:
        self.path = path
        self.kind = kind
        self._root = root
        self._stat: tuple[int, int] | None = None

    @property
    def size(self) -> int:
        return self._asked()[0]

    @property
    def mode(self) -> int:
        return self._asked()[1]

    def _asked(self) -> tuple[int, int]:
        if self._stat is None:
            try:
                found = os.lstat(f"{self._root}/{self.path}")
                self._stat = found.st_size, stat.S_IMODE(found.st_mode)
            except (OSError, ValueError):
                # It is gone since; what it was is known no more.
                self._stat = 0, 0
        return self._stat


_path_of = attrgetter("path")


def _entry(path: str, found: os.stat_result) -> Entry:
    mode = found.st_mode
    return Entry(path, _KINDS.get(stat.S_IFMT(mode), "other"), found.st_size, stat.S_IMODE(mode))
