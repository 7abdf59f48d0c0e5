"""The syntax tree of a shell text, as the reader builds it and the walk follows it.

Offsets here are offsets in the text that was read; what people get to see has places in the Dockerfile.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from copylast.dockerfile.shell_tree import Operator, Redirect, ShellWord

Locate = Callable[[int], int]


class Unreadable(Exception):
    """The text cannot be read; the argument says why, in words for a person."""


class Sub(NamedTuple):
    """A command or process substitution; ``start`` and ``end`` enclose its delimiters."""

    start: int
    end: int
    listing: Listing


class Body(NamedTuple):
    """Where the text of a heredoc lies, and whether its delimiter was quoted."""

    start: int
    end: int
    quoted: bool


class Simple(NamedTuple):
    """A simple command, ``[[ ]]`` or ``(( ))``; ``starts`` are the offsets of ``words``.

    ``redirects``, ``subs`` and ``bodies`` are lists because a heredoc's text comes after the command.
    """

    words: list[ShellWord]
    starts: list[int]
    assigns: list[tuple[str, ShellWord]]
    redirects: list[Redirect]
    subs: list[Sub]
    bodies: list[Body]
    start: int
    end: int
    text: str
    locate: Locate


class Group(NamedTuple):
    """``( body )`` when ``subshell``, else ``{ body }``."""

    subshell: bool
    body: Listing
    redirects: list[Redirect]
    subs: list[Sub]


class If(NamedTuple):
    """``branches`` are pairs of condition and body; the condition of ``else`` is None."""

    branches: list[tuple[Listing | None, Listing]]
    redirects: list[Redirect]
    subs: list[Sub]


class Loop(NamedTuple):
    """``for`` and ``select`` have a ``variable``, ``while`` and ``until`` a ``head``."""

    variable: str
    head: Listing | None
    body: Listing
    redirects: list[Redirect]
    subs: list[Sub]


class Case(NamedTuple):
    """The bodies of a ``case``."""

    bodies: list[Listing]
    redirects: list[Redirect]
    subs: list[Sub]


class Function(NamedTuple):
    """A definition; ``body`` is any compound command."""

    name: str
    body: Node
    redirects: list[Redirect]
    subs: list[Sub]


Node = Simple | Group | If | Loop | Case | Function


class Pipe(NamedTuple):
    """A pipeline with the operator that follows it."""

    nodes: list[Node]
    negated: bool
    start: int
    end: int
    operator: Operator
    operator_start: int
    operator_end: int


class Listing(NamedTuple):
    """Pipelines joined by ``&&``, ``||``, ``;``, ``&`` and line ends; never ends in ``&&`` or ``||``."""

    pipes: list[Pipe]
