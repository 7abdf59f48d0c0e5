"""How often each path changed, from git's history.

History only adds notes and order: without git, without a repository or with too few commits there is
nothing to say, and one note says why. Merges are left out: what they bring was counted where it was
made. The result is kept in a cache under the id of the newest commit, so that the second run needs
neither git nor time.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from functools import cached_property

from copylast.context.churn import Churn, Tendency
from copylast.context.gitrun import GitError, find_repository, git_output
from copylast.records import NamedTuple
from copylast.regexes import lazy_regex
from copylast.typed import cast

WINDOW = 50
ENOUGH = 20
VOLATILE_FROM = 0.20
STABLE_TO = 0.02

_ID = lazy_regex(r"[0-9a-f]{40}(?:[0-9a-f]{24})?\Z")
_KEPT_FILES = 200
_VERSION = 1


class HistoryAnswer(NamedTuple):
    """``history`` if there is one, else None; ``note`` says for people why it is missing or short."""

    history: History | None
    note: str | None


class History:
    """The last commits, newest first, and which of them changed which path.

    ``masks`` has a bit for each commit (bit 0 is the newest) by path from the top of the repository;
    questions are asked with paths from the context's root, which is ``prefix`` there.
    """

    def __init__(self, commits: tuple[str, ...], masks: Mapping[str, int], prefix: str = "") -> None:
        self.commits = commits
        self.masks = masks
        self._prefix = prefix + "/" if prefix else ""

    def mask(self, paths: Iterable[str]) -> int:
        """The commits that changed any of ``paths`` (files, or directories with all below), as bits."""
        bits = 0
        for path in paths:
            place = (self._prefix + ("" if path == "." else path)).rstrip("/")
            bits |= self.masks.get(place, 0) | self._directories.get(place, 0)
        return bits

    def changes(self, *paths: str) -> int:
        """How many of the commits changed any of ``paths``."""
        return self.mask(paths).bit_count()

    def tendency(self, *paths: str) -> Tendency:
        """Whether ``paths`` together change often, seldom or neither; unknown with too few commits."""
        total = len(self.commits)
        if total < ENOUGH:
            return "unknown"
        share = self.changes(*paths) / total
        return "volatile" if share >= VOLATILE_FROM else "stable" if share <= STABLE_TO else "ordinary"

    def churn(self, paths: Iterable[str]) -> Churn:
        """How often any of ``paths`` changed."""
        asked = tuple(paths)
        return Churn(self.changes(*asked), len(self.commits), self.tendency(*asked))

    @cached_property
    def _directories(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for path, bits in self.masks.items():
            while path:
                path = path.rpartition("/")[0]
                known = found.get(path, 0)
                if known | bits == known:
                    # Then every directory above has these bits too.
                    break
                found[path] = known | bits
        return found


def load_history(root: str, limit: int = WINDOW, cache_dir: str | None = None) -> HistoryAnswer:
    """The history of the repository around ``root``, at most ``limit`` commits, asked from ``root``.

    ``cache_dir`` is where results are kept; None for the user's, empty for nowhere. Never raises.
    """
    repository = find_repository(root)
    if repository is None:
        return HistoryAnswer(None, "no history: not in a git repository")
    top = os.path.realpath(repository.top)
    prefix = os.path.relpath(os.path.realpath(root), top).replace(os.sep, "/")
    prefix = "" if prefix == "." else prefix
    common = _common_dir(repository.git_dir)
    try:
        head = _head(repository.git_dir, common) or _asked_head(repository.git_dir)
        folder = os.path.join(cache_home(), "history") if cache_dir is None else cache_dir
        kept = os.path.join(folder, f"{head}-{limit}.json") if folder else ""
        history = _from_cache(kept, prefix)
        if history is None:
            history = _from_git(repository.git_dir, common, head, limit, prefix)
            _to_cache(kept, history)
    except GitError as error:
        return HistoryAnswer(None, f"no history: {error}")
    if len(history.commits) >= ENOUGH:
        return HistoryAnswer(history, None)
    why = "the clone is shallow" if _shallow(common) else "the repository is young"
    return HistoryAnswer(history, f"short history: {len(history.commits)} commits, {why}")


def cache_home() -> str:
    """The folder for what can be thrown away: ``$XDG_CACHE_HOME/copylast``."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    base = base if os.path.isabs(base) else os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(base, "copylast")


def _from_git(git_dir: str, common: str, head: str, limit: int, prefix: str) -> History:
    shown = "--raw --no-abbrev --no-renames --no-merges --no-color --no-ext-diff --no-textconv --no-relative"
    asked = ["log", f"-n{limit}", "-z", "--format=%H", "--no-show-signature", "--ignore-submodules=none"]
    output = git_output(git_dir, [*asked, *shown.split(), "--end-of-options", head, "--"])
    fields = iter(output.decode("utf-8", "surrogateescape").split("\0"))
    cut = _shallow(common)
    commits: list[str] = []
    masks: dict[str, int] = {}
    bit = 0
    for field in fields:
        field = field.lstrip("\n")
        if field.startswith(":"):
            path = next(fields, "")
            if bit:
                masks[path] = masks.get(path, 0) | bit
        elif _ID.match(field):
            # Where a clone was cut off, everything looks new.
            bit = 0 if field in cut else 1 << len(commits)
            if bit:
                commits.append(field)
    return History(tuple(commits), masks, prefix)


def _read(path: str, limit: int = 1 << 20) -> str:
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as stream:
            return stream.read(limit)
    except OSError:
        return ""


def _common_dir(git_dir: str) -> str:
    """Where branches live: for a linked working tree that is not its own git directory."""
    text = _read(os.path.join(git_dir, "commondir")).strip()
    return os.path.join(git_dir, text) if text else git_dir


def _shallow(common: str) -> frozenset[str]:
    return frozenset(_read(os.path.join(common, "shallow")).split())


def _head(git_dir: str, common: str) -> str | None:
    """The id of the checked-out commit, read without git; None if it is kept in another way."""
    text = _read(os.path.join(git_dir, "HEAD")).strip()
    if not text.startswith("ref:"):
        return text if _ID.match(text) else None
    name = text[4:].strip()
    if not re.fullmatch(r"refs/[^\0\\]+", name) or ".." in name:
        return None
    for folder in (git_dir, common):
        found = _read(os.path.join(folder, name), 100).strip()
        if _ID.match(found):
            return found
    packed = re.search(rf"^([0-9a-f]{{40,64}}) {re.escape(name)}$", _read(_packed(common), 1 << 26), re.M)
    return packed[1] if packed else None


def _packed(common: str) -> str:
    return os.path.join(common, "packed-refs")


def _asked_head(git_dir: str) -> str:
    found = git_output(git_dir, ["rev-parse", "--verify", "--quiet", "HEAD^{commit}"]).decode().strip()
    if not _ID.match(found):
        raise GitError("there is no commit yet")
    return found


def _from_cache(path: str, prefix: str) -> History | None:
    if not path or not os.path.isfile(path):
        return None
    import json

    try:
        kept: dict[str, object] = json.loads(_read(path, 1 << 28))
        commits, masks = kept["commits"], kept["masks"]
        if kept["version"] != _VERSION or not isinstance(commits, list) or not isinstance(masks, dict):
            return None
        ids = tuple(map(str, cast("list[object]", commits)))
        bits = {name: int(text, 16) for name, text in cast("dict[str, str]", masks).items()}
        return History(ids, bits, prefix)
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _to_cache(path: str, history: History) -> None:
    if not path:
        return
    import json
    import tempfile

    folder = os.path.dirname(path)
    masks = {name: f"{bits:x}" for name, bits in history.masks.items()}
    text = json.dumps({"version": _VERSION, "commits": history.commits, "masks": masks})
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=folder, delete=False, encoding="utf-8") as stream:
            stream.write(text)
        os.replace(stream.name, path)
        files = sorted((one.stat().st_mtime, one.path) for one in os.scandir(folder))
        for _, old in files[:-_KEPT_FILES]:
            os.unlink(old)
    except OSError:
        # A cache that cannot be written is only a slower run.
        return
