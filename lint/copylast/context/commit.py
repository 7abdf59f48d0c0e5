"""A git commit as build context, read from git's objects without a checkout."""

from __future__ import annotations

import posixpath
from functools import cached_property
from types import TracebackType

from copylast.context.entry import ROOT, ContextError, Entry, Kind
from copylast.context.files import BuildContext
from copylast.context.gitrun import GitError, GitObjects, git_output


class CommitContext(BuildContext):
    """The folder ``root`` of the commit ``revision``.

    ``dockerfile`` is its path from the top of the repository. Files have the two modes that git keeps;
    a submodule is an empty directory, as after a plain clone. Use it with ``with``, or call ``close``.
    Raises :class:`~copylast.context.gitrun.GitError` if the commit or the folder is not there.
    """

    def __init__(self, git_dir: str, revision: str, root: str = "", dockerfile: str | None = None) -> None:
        inside = posixpath.relpath(dockerfile, root or ".") if dockerfile else None
        super().__init__(f"{revision}:{root}", inside)
        self._objects = GitObjects(git_dir)
        self._entries: dict[str, Entry] = {"": ROOT}
        self._ids: dict[str, str] = {}
        self._below: dict[str, list[Entry]] = {"": []}
        if revision.startswith("-") or "\n" in revision:
            raise GitError(f"{revision!r} is not a commit")
        self._revision = revision
        self._root = root
        tree = f"{revision}:{root}"
        self._read_tree(git_output(git_dir, ["ls-tree", "-r", "-t", "-z", "-l", "--full-tree", tree]))
        self.load_ignore()

    def _read_tree(self, listing: bytes) -> None:
        for record in listing.decode("utf-8", "surrogateescape").split("\0"):
            head, tab, path = record.partition("\t")
            if not tab:
                continue
            mode, _, name, size = head.split()
            kind: Kind = "file"
            bits = 0o755 if mode == "100755" else 0o644
            if mode in ("040000", "160000"):
                kind, bits = "dir", 0o755
                self._below[path] = []
            elif mode == "120000":
                kind, bits = "link", 0o777
            entry = Entry(path, kind, int(size) if size.isdigit() else 0, bits)
            self._entries[path] = entry
            self._ids[path] = name
            self._below[path.rpartition("/")[0]].append(entry)
        for below in self._below.values():
            below.sort()

    @cached_property
    def ids(self) -> dict[str, str]:
        """git's ids of all files and links, by path."""
        return {path: name for path, name in self._ids.items() if self._entries[path].kind != "dir"}

    def object_id(self, path: str) -> str | None:
        """git's id of the content at ``path``: equal ids are equal contents, without reading them."""
        return self._ids.get(path)

    def ignore_text(self, name: str) -> str | None:
        """As for every context; but an ignore file beside a Dockerfile outside ``root`` is read too."""
        if not name.startswith("../"):
            return super().ignore_text(name)
        path = posixpath.normpath(posixpath.join(self._root, name))
        try:
            return self._objects.read(f"{self._revision}:{path}").decode("utf-8", "surrogateescape")
        except GitError:
            return None

    def raw_entry(self, path: str) -> Entry | None:
        return self._entries.get(path)

    def raw_children(self, path: str) -> tuple[Entry, ...]:
        return tuple(self._below.get(path, ()))

    def raw_read(self, path: str, limit: int) -> bytes:
        found = self._entries.get(path)
        if found is None or found.kind != "file":
            raise ContextError(f"{path}: not a regular file")
        return self._read(path, limit)

    def raw_link(self, path: str) -> str:
        found = self._entries.get(path)
        if found is None or found.kind != "link":
            raise ContextError(f"{path}: not a link")
        return self._read(path, 4096).decode("utf-8", "surrogateescape")

    def _read(self, path: str, limit: int) -> bytes:
        try:
            return self._objects.read(self._ids[path], limit)
        except GitError as error:
            raise ContextError(f"{path}: {error}") from None

    def close(self) -> None:
        """End the git process behind this context."""
        self._objects.close()

    def __enter__(self) -> CommitContext:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
