"""What a running shell remembers: its directory, variables, functions, options.

A subshell is a :meth:`State.save` and a :meth:`State.restore`; a branch that may not run is a ``save`` and
a :meth:`State.merge`, after which everything that it changed is unknown.
"""

from __future__ import annotations

import re

from copylast.dockerfile.shell_nodes import Node
from copylast.dockerfile.shell_tree import Certainty, Guard, Redirect, ShellWord
from copylast.records import NamedTuple
from copylast.regexes import lazy_regex

_VARIABLE = lazy_regex(r"\$(?:\{([A-Za-z_][A-Za-z0-9_]*)\}|([A-Za-z_][A-Za-z0-9_]*))")
_HERE = lazy_regex(r"\$(?:\{PWD\}|PWD(?![A-Za-z0-9_]))")

LONGEST = 64
"""How many relative ``cd`` are followed in a row: each command holds them all."""

LONGEST_VALUE = 4096
"""How long a value may become when variables are put in: ``X=$X$X`` doubles it each time."""


class Context(NamedTuple):
    """What surrounds a command, while :class:`State` is what the commands before it left.

    ``matters``: its failure fails the step. ``errexit``: ``set -e`` counts here.
    """

    certainty: Certainty
    group: int
    matters: bool
    errexit: bool
    wrappers: tuple[str, ...]
    environment: tuple[tuple[str, ShellWord], ...]
    redirects: tuple[Redirect, ...]
    guards: tuple[Guard, ...] = ()


class Definition:
    """A function, and the place of its body's commands where it was defined."""

    __slots__ = ("active", "body", "called", "end", "start")

    def __init__(self, body: Node, start: int, end: int) -> None:
        self.body = body
        self.start = start
        self.end = end
        self.called = False
        self.active = False


class Saved(NamedTuple):
    """The state at one moment; ``mark`` is the length of the journal then."""

    directory: tuple[str, ...] | None
    stack: tuple[tuple[str, ...] | None, ...]
    options: frozenset[str]
    stopped: bool
    returned: bool
    mark: int


class Effects:
    """What branches changed, so that it is unknown after them."""

    __slots__ = ("moved", "names", "returned", "stopped")

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.moved = False
        self.stopped = False
        self.returned = False


class State:
    """``stopped``: an ``exit`` may have ended the shell; ``returned``: a ``return`` the function."""

    def __init__(self, options: frozenset[str]) -> None:
        self.directory: tuple[str, ...] | None = ()
        self.stack: tuple[tuple[str, ...] | None, ...] = ()
        self.options = options
        self.stopped = False
        self.returned = False
        # Functions are kept under "name()"; None is a thing whose value is not known.
        self.variables: dict[str, str | Definition | None] = {}
        # Old values in the order of change: undoing costs what was changed, not what there is.
        self.journal: list[tuple[str, bool, str | Definition | None]] = []

    def save(self) -> Saved:
        """The state now."""
        return Saved(self.directory, self.stack, self.options, self.stopped, self.returned, len(self.journal))

    def restore(self, saved: Saved) -> None:
        """Go back to ``saved``."""
        self.directory, self.stack, self.options, self.stopped, self.returned, mark = saved
        journal = self.journal
        while len(journal) > mark:
            name, present, old = journal.pop()
            if present:
                self.variables[name] = old
            else:
                del self.variables[name]

    def undo(self, saved: Saved, effects: Effects) -> None:
        """Go back to ``saved`` and add what had changed since to ``effects``."""
        effects.names.update(name for name, _, _ in self.journal[saved.mark :])
        effects.moved = effects.moved or self.directory != saved.directory
        effects.stopped = effects.stopped or self.stopped
        effects.returned = effects.returned or self.returned
        self.restore(saved)

    def apply(self, effects: Effects) -> None:
        """Forget all that ``effects`` names."""
        for name in effects.names:
            self.set(name, None)
        if effects.moved:
            self.directory = None
        self.stopped = self.stopped or effects.stopped
        self.returned = self.returned or effects.returned

    def merge(self, saved: Saved) -> None:
        """End a branch that began at ``saved`` and may not have run."""
        effects = Effects()
        self.undo(saved, effects)
        self.apply(effects)

    def set(self, name: str, value: str | Definition | None) -> None:
        """Give a variable, or a function (``name()``), a value; None if it is not known."""
        self.journal.append((name, name in self.variables, self.variables.get(name)))
        self.variables[name] = value

    def function(self, name: str) -> Definition | None:
        """The function that a command called ``name`` surely is."""
        found = self.variables.get(name + "()")
        return found if isinstance(found, Definition) else None

    def resolve(self, word: ShellWord) -> str | None:
        """The value of ``word`` with this shell's own variables put in; others stay as they are."""
        value = word.value
        if value is None or not word.names:
            return value
        if not any(name in self.variables for name in word.names):
            return value
        known = True
        room = LONGEST_VALUE

        def replace(match: re.Match[str]) -> str:
            nonlocal known, room
            name = match[1] or match[2]
            if name not in self.variables:
                return match[0]
            found = self.variables[name]
            room -= len(found) if isinstance(found, str) else room + 1
            if room < 0:
                known = False
                return ""
            return str(found)

        resolved = _VARIABLE.sub(replace, value)
        simple = not any(name in self.variables for name in _names_left(value))
        return resolved if known and simple else None

    def go(self, to: str | None) -> None:
        """Change the directory; None is one that is not known."""
        if to is not None:
            to = _HERE.sub(".", to, count=1) if to.startswith("$") else to
        if to is None or to.startswith("~") or to.startswith("-"):
            self.directory = None
        elif to.startswith("/"):
            # What came before no longer counts.
            self.directory = (to,)
        elif self.directory is not None and to:
            self.directory = (*self.directory, to) if len(self.directory) < LONGEST else None


def _names_left(value: str) -> set[str]:
    """Names in the expansions of ``value`` that are more than a plain variable (``${A:-$B}``)."""
    rest = _VARIABLE.sub("", value)
    return set(re.findall(r"[A-Za-z_][A-Za-z0-9_]*", rest)) if "${" in rest else set()
