"""The shell inside a RUN: which commands run, where, and how surely.

The splitter works on the joined text of a RUN (or a heredoc body) and gives every word its place in
the Dockerfile. It understands POSIX shell well enough to say what is certain; what it cannot read
it calls opaque, and then nobody may conclude anything from it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

from copylast.dockerfile.source import Span

Certainty = Literal["certain", "conditional", "unknown"]
"""``certain``: runs whenever the step succeeds. ``conditional``: behind ``||``, ``if``, ``case``, a loop
or a function that may not run. ``unknown``: inside a construct that cannot be followed (``eval``)."""

Operator = Literal["&&", "||", ";", "&", "|", "|&", "\n", ""]


class ShellWord(NamedTuple):
    """One word. ``raw`` is as written (joined lines), ``value`` what it means after quote removal.

    ``value`` is None where it depends on something only the running shell knows (command
    substitution); plain variables stay in ``value`` as ``$NAME`` or ``${NAME...}`` and are listed
    in ``names``. ``glob`` is True if an unquoted ``*``, ``?`` or ``[`` is in it.
    """

    raw: str
    value: str | None
    span: Span
    names: frozenset[str]
    glob: bool


class Redirect(NamedTuple):
    """``operator`` (``>``, ``>>``, ``<``, ``2>``, ``<<`` ...) and what it goes to."""

    operator: str
    target: ShellWord
    span: Span


class Command(NamedTuple):
    """One simple command.

    ``words`` is the argument list without environment prefixes and without transparent wrappers,
    which are kept in ``wrappers`` (``sudo``, ``time``, ``exec``, ``env`` ...). ``environment`` are
    the prefixes ``NAME=value`` of the command (and of ``env``). ``directory`` are the arguments of
    the ``cd`` commands that surely ran before it in the same shell, in order, to be joined to the
    step's working directory; None where the directory is not known. ``span`` covers the command with its
    prefixes and redirects. ``group`` counts how deep it is in subshells, ``(``, ``{``, ``if``...: 0 is top level.
    ``item`` is the index of the top-level list item that holds it.
    """

    words: tuple[ShellWord, ...]
    environment: tuple[tuple[str, ShellWord], ...]
    wrappers: tuple[str, ...]
    redirects: tuple[Redirect, ...]
    directory: tuple[str, ...] | None
    certainty: Certainty
    group: int
    item: int
    span: Span

    @property
    def argv(self) -> tuple[str, ...]:
        """The words' values; a word whose value is not known is written as it stands."""
        return tuple(w.raw if w.value is None else w.value for w in self.words)


class Item(NamedTuple):
    """One element of the top-level list: ``operator`` and ``operator_span`` are what *follows* it.

    ``plain`` is True when the item is a single simple command: no pipe, group, function or heredoc.
    """

    span: Span
    operator: Operator
    operator_span: Span
    plain: bool


class Script(NamedTuple):
    """All that a RUN does. ``opaque`` says in a few words why nothing may be concluded, or is None."""

    commands: tuple[Command, ...]
    items: tuple[Item, ...]
    opaque: str | None
    options: frozenset[str]
    """Shell options that ``set`` turned on at the top level, by letter or long name (``e``, ``x``, ``pipefail``)."""


def split(text: str, locate: Callable[[int], int]) -> Script:
    """Split shell text; ``locate`` maps an offset in ``text`` to an offset in the Dockerfile.

    Never raises. Linear in the length of ``text``.
    """
    raise NotImplementedError
