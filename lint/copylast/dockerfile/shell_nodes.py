"""The syntax tree of a shell text, as the reader builds it and the walk follows it.

Offsets here are offsets in the text that was read; what people get to see has places in the Dockerfile.
Slotted classes: a long RUN makes tens of thousands of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from copylast.dockerfile.shell_tree import Operator, Redirect, ShellWord
from copylast.records import NamedTuple

Locate = Callable[[int], int]


class Unreadable(Exception):
    """The text cannot be read; the argument says why, in words for a person."""


class Sub(NamedTuple):
    """A command or process substitution; ``start`` and ``end`` enclose its delimiters."""

    start: int
    end: int
    listing: Listing


class Body(NamedTuple):
    """Where the text of a heredoc lies, whether its delimiter was quoted, and what it substitutes."""

    start: int
    end: int
    quoted: bool
    subs: Sequence[Sub]


class Redirects:
    """The redirects of a command. Lists, because the text of a heredoc comes after the command."""

    __slots__ = ("bodies", "found")

    def __init__(self) -> None:
        self.found: list[Redirect] = []
        self.bodies: list[Body] = []


class Simple:
    """A simple command, ``[[ ]]`` or ``(( ))`` at ``text[start:end]``; ``starts`` are those of ``words``."""

    __slots__ = ("assigns", "end", "locate", "redirects", "start", "starts", "subs", "text", "words")

    def __init__(
        self,
        words: Sequence[ShellWord],
        starts: Sequence[int],
        assigns: Sequence[tuple[str, ShellWord]],
        redirects: Redirects | None,
        subs: Sequence[Sub],
        start: int,
        end: int,
        text: str,
        locate: Locate,
    ) -> None:
        self.words = words
        self.starts = starts
        self.assigns = assigns
        self.redirects = redirects
        self.subs = subs
        self.start = start
        self.end = end
        self.text = text
        self.locate = locate


class Compound:
    """A compound command: its redirects, and the substitutions in its head."""

    __slots__ = ("redirects", "subs")

    def __init__(self) -> None:
        self.redirects: Redirects | None = None
        self.subs: Sequence[Sub] = ()


class Group(Compound):
    """``( body )`` when ``subshell``, else ``{ body }``."""

    __slots__ = ("body", "subshell")

    def __init__(self, subshell: bool, body: Listing) -> None:
        super().__init__()
        self.subshell = subshell
        self.body = body


class Branches(Compound):
    """``if``, ``case`` and the loops: pairs of condition and body; the condition of ``else`` is None.

    ``head`` is what surely runs (the first condition), ``variable`` what a loop sets. ``choice`` is True for ``if``.
    """

    __slots__ = ("bodies", "choice", "head", "variable")

    def __init__(
        self,
        head: Listing | None,
        bodies: Sequence[tuple[Listing | None, Listing]],
        variable: str = "",
        choice: bool = False,
    ) -> None:
        super().__init__()
        self.head = head
        self.bodies = bodies
        self.variable = variable
        self.choice = choice


class Function(Compound):
    """A definition; ``body`` is any compound command."""

    __slots__ = ("body", "name")

    def __init__(self, name: str, body: Node) -> None:
        super().__init__()
        self.name = name
        self.body = body


Node = Simple | Group | Branches | Function


class Pipe:
    """A pipeline with the operator that follows it."""

    __slots__ = ("end", "negated", "nodes", "operator", "operator_start", "start")

    def __init__(
        self,
        nodes: Sequence[Node],
        negated: bool,
        start: int,
        end: int,
        operator: Operator,
        operator_start: int,
    ) -> None:
        self.nodes = nodes
        self.negated = negated
        self.start = start
        self.end = end
        self.operator: Operator = operator
        self.operator_start = operator_start


class Listing:
    """Pipelines joined by ``&&``, ``||``, ``;``, ``&`` and line ends; the last is never ``&&`` or ``||``."""

    __slots__ = ("pipes",)

    def __init__(self, pipes: list[Pipe]) -> None:
        self.pipes = pipes
