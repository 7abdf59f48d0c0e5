"""Contexts that are not folders: a dictionary, and unsaved texts over another context."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from copylast.context.churn import Churn
from copylast.context.entry import ROOT, ContextError, Entry
from copylast.context.files import BuildContext
from copylast.context.gopath import in_root
from copylast.records import NamedTuple


class Link(NamedTuple):
    """Stands for a symbolic link in a :class:`MemoryContext`."""

    target: str


class Moded(NamedTuple):
    """Stands for a file with other permission bits than 0644."""

    content: str | bytes
    mode: int


Content = str | bytes | Link | Moded


class MemoryContext(BuildContext):
    """Files from a mapping of paths to contents; directories are implied, ``name/`` is an empty one.

    ``dockerfile`` is the path of the Dockerfile in the mapping, for an ignore file of its own.
    """

    def __init__(self, files: Mapping[str, Content], dockerfile: str = "Dockerfile", *, label: str = "memory") -> None:
        super().__init__(label, dockerfile)
        self._contents: dict[str, Content] = {}
        self._entries: dict[str, Entry] = {"": ROOT}
        self._below: dict[str, dict[str, Entry]] = {"": {}}
        self._sorted: dict[str, tuple[Entry, ...]] = {}
        for name, content in files.items():
            path = in_root(name)
            if name.endswith("/"):
                self._directory(path)
                continue
            self._contents[path] = content
            self._add(_entry(path, content))
        self.load_ignore()

    def raw_entry(self, path: str) -> Entry | None:
        return self._entries.get(path)

    def raw_children(self, path: str) -> tuple[Entry, ...]:
        known = self._sorted.get(path)
        if known is None:
            known = self._sorted[path] = tuple(sorted(self._below.get(path, {}).values()))
        return known

    def raw_read(self, path: str, limit: int) -> bytes:
        content = self._contents.get(path)
        if content is None or isinstance(content, Link):
            raise ContextError(f"{path}: not a regular file")
        return _bytes(content)[:limit]

    def raw_link(self, path: str) -> str:
        content = self._contents.get(path)
        if not isinstance(content, Link):
            raise ContextError(f"{path}: not a link")
        return content.target

    def _add(self, entry: Entry) -> None:
        parent = entry.path.rpartition("/")[0]
        self._directory(parent)
        self._entries[entry.path] = self._below[parent][entry.path] = entry

    def _directory(self, path: str) -> None:
        unknown: list[str] = []
        while path not in self._below:
            unknown.append(path)
            path = path.rpartition("/")[0]
        for one in reversed(unknown):
            self._entries[one] = self._below[path][one] = Entry(one, "dir", 0, 0o755)
            self._below[one] = {}
            path = one


class OverlayContext(BuildContext):
    """``base`` with the unsaved ``texts`` of an editor in place of what is stored.

    Keys are paths from the root. An ignore file that lies outside it is given by its ``../`` path as in
    ``base.ignore_names``; other paths that lead outside are left alone.
    """

    def __init__(self, base: BuildContext, texts: Mapping[str, str]) -> None:
        super().__init__(base.label)
        self.base = base
        self.notes = base.notes
        self.callers = base.callers
        self.exports = base.exports
        self.former = base.former
        self.ignore_names = base.ignore_names
        self.heeds_ignore_file = base.heeds_ignore_file
        inside = {name: text for name, text in texts.items() if name and not name.startswith(("/", "../"))}
        self._over = MemoryContext(inside, "", label=base.label)
        for name in self.ignore_names:
            if name in texts:
                self.use_ignore(name, texts[name])
                break
            if base.ignore is not None and base.ignore.path == name:
                self.use_ignore(name, base.ignore.text)
                break

    def raw_entry(self, path: str) -> Entry | None:
        stored = self.base.raw_entry(path)
        over = self._over.raw_entry(path)
        return _merged(over, stored) if over else stored

    def raw_children(self, path: str) -> tuple[Entry, ...]:
        over = self._over.raw_children(path)
        stored = self.base.raw_children(path)
        if not over:
            return stored
        both = {entry.path: entry for entry in stored}
        for entry in over:
            both[entry.path] = _merged(entry, both.get(entry.path))
        return tuple(sorted(both.values()))

    def raw_read(self, path: str, limit: int) -> bytes:
        over = self._over.raw_entry(path)
        place = self._over if over and over.kind == "file" else self.base
        return place.raw_read(path, limit)

    def raw_link(self, path: str) -> str:
        return self.base.raw_link(path)

    def churn(self, paths: Iterable[str]) -> Churn | None:
        """As in the stored context."""
        return self.base.churn(paths)

    def tracked(self, path: str) -> bool:
        """As in the stored context."""
        return self.base.tracked(path)

    def shown(self, path: str) -> str:
        """As in the stored context."""
        return self.base.shown(path)


def _merged(over: Entry, stored: Entry | None) -> Entry:
    if stored is None or stored.kind != over.kind:
        return over
    return Entry(over.path, over.kind, over.size, stored.mode)


def _bytes(content: str | bytes | Moded) -> bytes:
    if isinstance(content, Moded):
        content = content.content
    return content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content


def _entry(path: str, content: Content) -> Entry:
    if isinstance(content, Link):
        return Entry(path, "link", len(content.target), 0o777)
    mode = content.mode if isinstance(content, Moded) else 0o644
    return Entry(path, "file", len(_bytes(content)), mode)
