"""Which files two states of a folder differ in: two commits, or a commit and what is on the disk.

Git is asked for its objects and its index only. It is never let look into files on the disk, since a
repository can name programs that it would start for that.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator, Mapping

from copylast.context.commit import CommitContext
from copylast.context.disk import DiskContext
from copylast.context.entry import ContextError, Entry
from copylast.context.files import BuildContext
from copylast.context.gitrun import GitError, Repository, git_output
from copylast.records import NamedTuple
from copylast.regexes import lazy_regex

_INDEXED = lazy_regex(r"(\d{6}) ([0-9a-f]+) (\d)\t")
_STAT = lazy_regex(r"\s*ctime: \d+:\d+\n\s*mtime: (\d+):(\d+)\n.*\n.*\n\s*size: (\d+)\t.*\n")


class _Indexed(NamedTuple):
    """A file as git's index holds it."""

    blob: str
    mtime: tuple[int, int]
    size: int


def resolve_commit(git_dir: str, name: str) -> str:
    """The id of the commit that people call ``name``. Raises :class:`GitError`."""
    try:
        wanted = ["rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}"]
        return git_output(git_dir, wanted).decode("ascii", "replace").strip()
    except GitError as error:
        if "not installed" in str(error):
            raise
        raise GitError(f"{name} is no commit of this repository") from None


def between(old: CommitContext, new: CommitContext) -> dict[str, str]:
    """The paths that two commits differ in, each with what happened there (as in ``Situation.versions``)."""
    found: dict[str, str] = {}
    for path in sorted({**old.ids, **new.ids}):
        before, after = old.raw_entry(path), new.raw_entry(path)
        word = _word(before, after, old.ids.get(path) == new.ids.get(path))
        if word:
            found[path] = f"{word}\0{new.ids.get(path, '')}"
    return found


def since(old: CommitContext, repository: Repository, disk: DiskContext) -> dict[str, str]:
    """The paths in which the disk differs from a commit, each with what happened there.

    What git ignores is taken to be what it was: nobody knows what stood there. Raises :class:`GitError`.
    """
    top = os.path.realpath(repository.top)
    prefix = os.path.relpath(os.path.realpath(disk.root), top).replace(os.sep, "/")
    start = "" if prefix == "." else prefix + "/"
    index, written = _index(repository, start)
    found: dict[str, str] = {}
    for path in sorted({*old.ids, *index, *_untracked(repository, top, start)}):
        before = old.raw_entry(path)
        after = disk.raw_entry(path)
        if after is not None and after.kind not in ("file", "link"):
            # A directory that took a file's place (a submodule is one in both).
            after = None
        blob = old.ids.get(path)
        same = before is not None and after is not None and _same(disk, after, blob or "", index.get(path), written)
        word = _word(before, after, same)
        if word:
            found[path] = f"{word}\0now"
    return found


def _word(before: Entry | None, after: Entry | None, same: bool) -> str:
    if before is None or after is None:
        return "" if before is after else "is new" if before is None else "was removed"
    if not same or before.kind != after.kind:
        return "changed"
    executable = [entry.kind == "file" and bool(entry.mode & stat.S_IXUSR) for entry in (before, after)]
    return "has another mode" if executable[0] != executable[1] else ""


def _index(repository: Repository, start: str) -> tuple[dict[str, _Indexed], int]:
    """What the index holds below ``start``, and when it was written (ns); paths count from there."""
    command = ["ls-files", "--stage", "--debug", "-z", *_below(start)]
    listing = git_output(repository.git_dir, command).decode("utf-8", "surrogateescape")
    found: dict[str, _Indexed] = {}
    at = 0
    while match := _INDEXED.match(listing, at):
        end = listing.index("\0", match.end())
        path = listing[match.end() : end]
        facts = _STAT.match(listing, end + 1)
        if facts is None:
            break
        at = facts.end()
        if match[1] != "160000" and match[3] == "0":
            times = int(facts[1]), int(facts[2])
            found[path[len(start) :]] = _Indexed(match[2], times, int(facts[3]))
    try:
        written = os.stat(os.path.join(repository.git_dir, "index")).st_mtime_ns
    except OSError:
        written = 0
    return found, written


def _untracked(repository: Repository, top: str, start: str) -> Iterator[str]:
    command = [f"--work-tree={top}", "ls-files", "--others", "--exclude-standard", "-z", *_below(start)]
    for name in git_output(repository.git_dir, command).split(b"\0"):
        # A repository in the repository is one name with a slash behind it.
        if name and not name.endswith(b"/"):
            yield name.decode("utf-8", "surrogateescape")[len(start) :]


def _below(start: str) -> list[str]:
    return ["--", f":(top,literal){start}"] if start else []


def _same(disk: DiskContext, entry: Entry, blob: str, indexed: _Indexed | None, written: int) -> bool:
    """Whether a file on the disk has the content that git calls ``blob``."""
    if indexed is not None and indexed.blob == blob and entry.kind == "file" and indexed.size == entry.size:
        try:
            at = os.lstat(os.path.join(disk.root, entry.path)).st_mtime_ns
        except OSError:
            return False
        # A file that was written when the index was may have changed right after.
        if divmod(at, 1_000_000_000) == indexed.mtime and at < written:
            return True
    try:
        if entry.kind == "link":
            content = disk.raw_link(entry.path).encode("utf-8", "surrogateescape")
        else:
            content = disk.raw_read(entry.path, entry.size + 1)
    except ContextError:
        return False
    digest = hashlib.sha1 if len(blob) == 40 else hashlib.sha256
    return digest(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest() == blob


class PastContext(BuildContext):
    """A folder as it was at a commit: ``changed`` paths come from there, everything else from the disk."""

    def __init__(self, disk: BuildContext, commit: CommitContext, changed: Mapping[str, str]) -> None:
        super().__init__(disk.label)
        self._disk = disk
        self._commit = commit
        self._changed = changed
        self._below: dict[str, set[str]] = {}
        for path in changed:
            while path:
                parent = path.rpartition("/")[0]
                self._below.setdefault(parent, set()).add(path)
                path = parent
        self.ignore_names = disk.ignore_names
        self.load_ignore()

    def ignore_text(self, name: str) -> str | None:
        return self._commit.ignore_text(name) if name.startswith("../") else super().ignore_text(name)

    def raw_entry(self, path: str) -> Entry | None:
        if path in self._changed:
            return self._commit.raw_entry(path)
        found = self._disk.raw_entry(path)
        return self._commit.raw_entry(path) if found is None and path in self._below else found

    def raw_children(self, path: str) -> tuple[Entry, ...]:
        stored = self._disk.raw_children(path)
        doubtful = self._below.get(path)
        if not doubtful:
            return stored
        kept = {entry.path: entry for entry in stored if entry.path not in self._changed}
        for name in doubtful - kept.keys():
            found = self._commit.raw_entry(name)
            if found is not None:
                kept[name] = found
        return tuple(sorted(kept.values()))

    def raw_read(self, path: str, limit: int) -> bytes:
        return (self._commit if path in self._changed else self._disk).raw_read(path, limit)

    def raw_link(self, path: str) -> str:
        return (self._commit if path in self._changed else self._disk).raw_link(path)

    def tracked(self, path: str) -> bool:
        """As on the disk."""
        return self._disk.tracked(path)

    def shown(self, path: str) -> str:
        """As on the disk."""
        return self._disk.shown(path)
