"""Collects what an install reads, within bounds and without following links."""

from __future__ import annotations

from collections.abc import Callable

from copylast import Closure, ContextError, InstallRequest, Need, ProjectFiles, Refusal
from copylast.typed import Literal
from copylast_rules.readers.places import join, name, parent, upward, within

MAX_CHARACTERS = 20_000_000
MAX_LOOKS = 100_000
MAX_DEPTH = 50
"""How deep files may name each other."""

MEMBERS = 2
"""Gate: a workspace whose members cannot be followed."""
LOCAL = 3
"""Gate: a local reference that cannot be followed."""
ABSENT = 4
"""Gate: a file that the install needs is not in the context."""
PROJECT = 5
"""Gate: the install is also the build."""
SCRIPTS = 1
"""Gate: a script of the project runs during the install."""
SETTINGS = 6
"""Gate: settings that cannot be followed."""
SURROUNDINGS = 7
"""Gate: something around the step decides what it does."""
REWRITES = 10
"""Gate: the install may write a file that the later COPY brings too."""
OVERLAY = 8
"""Gate: the later COPY would lay files over what was installed."""
EDITS_MANIFEST = 10
"""Gate: the step may write a file that the later COPY carries too."""
LINK = 11
"""Gate: a path of the closure is or lies under a symbolic link."""


class TooMuch(Exception):
    """The project is bigger than a reader looks at."""


class Gathering:
    """Needs, refusals and writes of one install; :meth:`closure` sorts them."""

    def __init__(self, files: ProjectFiles, cwd: str) -> None:
        self.files = files
        self.cwd = cwd
        self.idle: str | None = None
        self._needs: dict[str, Need] = {}
        self._refusals: dict[Refusal, None] = {}
        self._unsafe: dict[str, None] = {}
        self._writes: set[str] = set()
        self._characters = 0
        self._looks = 0
        self._texts: dict[str, str] = {}
        self._straight: set[str] = set()

    def kind(self, path: str) -> str | None:
        """What is at ``path``. A link there or above is a refusal, and then nothing is there."""
        self._looks += 1
        if self._looks > MAX_LOOKS:
            raise TooMuch
        above = parent(path)
        for step in reversed(upward(above)) if above not in self._straight else ():
            if self.files.kind(step) == "link":
                self._link(step)
                return None
            self._straight.add(step)
        kind = self.files.kind(path)
        if kind == "link":
            self._link(path)
            return None
        return kind

    def _link(self, path: str) -> None:
        self.refuse(LINK, f"{self.files.shown(path)} is a symbolic link", path)

    def is_file(self, path: str) -> bool:
        """Is there a regular file?"""
        return self.kind(path) == "file"

    def above(self, directory: str, file: str) -> str | None:
        """The nearest ``file`` in the directory or above it."""
        for step in upward(directory):
            path = join(step, file)
            if self.is_file(path):
                return path
        return None

    def names(self, directory: str) -> tuple[str, ...]:
        """Base names in a directory."""
        self._looks += 1
        if self._looks > MAX_LOOKS:
            raise TooMuch
        return self.files.names(directory)

    def read(self, path: str) -> str:
        """The text of a file. Raises ContextError, and TooMuch beyond the bounds."""
        got = self._texts.get(path)
        if got is None:
            got = self._texts[path] = self.files.read(path)
            self._characters += len(got)
            if self._characters > MAX_CHARACTERS:
                raise TooMuch
        return got

    def text(self, path: str, gate: int = LOCAL) -> str | None:
        """The text of a file, or None after a refusal."""
        try:
            return self.read(path)
        except ContextError as e:
            self.refuse(gate, f"{name(path)} cannot be read: {e}", path)
            return None

    def need(
        self, path: str, why: str, what: Literal["file", "dir", "stub"] = "file", required: bool = True
    ) -> None:
        """The install reads ``path``."""
        old = self._needs.get(path)
        if old is not None:
            required = required or old.required
            why = old.why if old.required or not required else why
            what = "dir" if "dir" in (what, old.what) else "file" if "file" in (what, old.what) else "stub"
        self._needs[path] = Need(path, what, why, required)

    def need_if_there(self, path: str, why: str, required: bool = False) -> bool:
        """A file that comes along where it exists; was it there?"""
        there = self.is_file(path)
        if there:
            self.need(path, why, required=required)
        return there

    def need_file(self, path: str, why: str, line: int | None = None) -> bool:
        """A file without which the install fails: a refusal where the context does not bring it."""
        if self.is_file(path):
            self.need(path, why)
            return True
        if not self.linked(path):
            self.refuse(ABSENT, f"{self.files.shown(path)} is not in the build context ({why})", path, line)
        return False

    def needs_below(self, directory: str) -> bool:
        """Is anything needed in the directory or below?"""
        return any(within(path, directory) for path in self._needs)

    def linked(self, path: str) -> bool:
        """Is there a link at ``path`` or above?"""
        return any(self.files.kind(step) == "link" for step in upward(path))

    def refuse(self, gate: int, reason: str, path: str | None = None, line: int | None = None) -> None:
        """No fix may be built on this."""
        self._refusals[Refusal(gate, reason, path, line)] = None

    def unsafe(self, reason: str) -> None:
        """A fix is only an unsafe one."""
        self._unsafe[reason] = None

    def writes(self, path: str) -> None:
        """The install makes or changes ``path``, if that lies in the project's tree."""
        if self.in_tree(path):
            self._writes.add(path)

    def in_tree(self, path: str) -> bool:
        """Does ``path`` lie below the working directory, or where the context brought something?"""
        if self.cwd != "/" and within(path, self.cwd):
            return True
        above = parent(path)
        return path.startswith("?") or (above != "/" and self.files.kind(above) == "dir")

    def output(self, option: str, value: str) -> None:
        """A directory for results: a refusal where it holds the source itself."""
        path = join(self.cwd, value)
        if within(self.cwd, path) and path != "/":
            self.refuse(OVERLAY, f"{option} {value} puts what is installed among the source", path)
        else:
            self.writes(path)

    def closure(self) -> Closure:
        """Everything, sorted; files below a needed directory are left out."""
        whole = {n.path for n in self._needs.values() if n.what == "dir"}
        needs = [n for n in self._needs.values() if not whole or whole.isdisjoint(upward(n.path)[1:])]
        return Closure(
            needs=tuple(sorted(needs)),
            refusals=tuple(self._refusals),
            unsafe=tuple(self._unsafe),
            writes=tuple(sorted(self._writes)),
            idle=self.idle,
        )


def gather(request: InstallRequest, look: Callable[[InstallRequest, Gathering], None]) -> Closure:
    """The closure that ``look`` gathers for a request; a refusal where the project is bigger than it looks at."""
    g = Gathering(request.files, request.cwd)
    try:
        look(request, g)
    except TooMuch:
        g.refuse(LOCAL, "there are too many files to follow")
    return g.closure()


def of_manifests(request: InstallRequest, g: Gathering, tool: str) -> bool:
    """Does the command of ``tool`` install by manifests? One that needs the source is refused."""
    match = request.match
    if match.kind not in ("deps", "noop"):
        g.refuse(PROJECT, f"{tool} {' '.join(match.subcommand)} needs the source")
    return match.kind == "deps"
