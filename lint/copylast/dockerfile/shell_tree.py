"""What is known about the shell in a RUN: the values that the splitter gives out.

Import these names from :mod:`copylast.dockerfile.shell`.
"""

from __future__ import annotations

from copylast.dockerfile.source import Span
from copylast.records import NamedTuple
from copylast.typed import Literal

Certainty = Literal["certain", "conditional", "unknown"]
"""``certain``: runs whenever the step succeeds and nothing before it failed. ``conditional``: behind
``||``, a test, ``if``, ``case``, a loop, an ``exit`` or a function that may not run. ``unknown``: inside a
construct that cannot be followed (``eval``)."""

Operator = Literal["&&", "||", ";", "&", "|", "|&", "\n", ""]


class ShellWord(NamedTuple):
    """One word. ``raw`` is as written (joined lines), ``value`` what it means after quote removal.

    ``value`` is None where it depends on something only the running shell knows (command
    substitution, ``$1``, arithmetic); plain variables stay in ``value`` as ``$NAME`` or ``${NAME...}``
    and are listed in ``names``. A ``$`` in ``value`` is literal when ``names`` is empty: a word that has
    both a literal ``$`` and variables has no ``value``. ``glob`` is True if an unquoted ``*``, ``?`` or
    ``[`` is in it.
    """

    raw: str
    value: str | None
    span: Span
    names: frozenset[str]
    glob: bool


class Redirect(NamedTuple):
    """``operator`` (``>``, ``>>``, ``<``, ``2>``, ``<<`` ...) and what it goes to.

    ``target`` of ``<<`` is the delimiter; ``body`` is then the text of the heredoc, None if it lies
    outside the text that was split.
    """

    operator: str
    target: ShellWord
    span: Span
    body: ShellWord | None = None

    @property
    def heredoc(self) -> bool:
        """Whether it is ``<<`` or ``<<-``, and not a file or the ``<<<`` of a single word."""
        return self.operator.endswith(("<<", "<<-")) and not self.operator.endswith("<<<")


class Guard(NamedTuple):
    """A question (``[ -f yarn.lock ]``) whose answer must have been ``holds`` for a command to run."""

    words: tuple[ShellWord, ...]
    holds: bool


class Command(NamedTuple):
    """One simple command.

    ``words`` is the argument list without environment prefixes and without transparent wrappers,
    which are kept in ``wrappers`` (``sudo``, ``time``, ``exec``, ``env`` ...). ``environment`` are
    the prefixes ``NAME=value`` of the command (and of ``env``). ``directory`` are the arguments of
    the ``cd`` commands that surely ran before it in the same shell, in order, to be joined to the
    step's working directory (an absolute one replaces those before it); None where the directory is not
    known. ``span`` covers the command with its prefixes and redirects. ``group`` counts how deep it is in
    subshells, ``(``, ``{``, ``if``...: 0 is top level. ``item`` is the index of the top-level list item that
    holds it.

    The command that ``sh -c`` was given stands here with ``sh`` in ``wrappers``, and with the
    environment and the redirects of that ``sh``. ``redirects`` has those of the groups around the command
    too, after its own. ``ignored`` is True if the step can succeed although this command failed: before
    ``|| true``, before ``;`` without ``set -e``, before a pipe without ``pipefail``, in a condition.

    ``guards`` are the questions of ``if``, ``&&`` and ``||`` on which it depends, as far as each is one plain
    command; there may be other conditions.
    """

    words: tuple[ShellWord, ...]
    argv: tuple[str, ...]
    """The words' values; a word whose value is not known is written as it stands."""
    environment: tuple[tuple[str, ShellWord], ...]
    wrappers: tuple[str, ...]
    redirects: tuple[Redirect, ...]
    directory: tuple[str, ...] | None
    certainty: Certainty
    group: int
    item: int
    span: Span
    ignored: bool = False
    guards: tuple[Guard, ...] = ()

    def with_words(self, words: tuple[ShellWord, ...]) -> Command:
        """The command with other words."""
        return self._replace(words=words, argv=argv_of(words))


def argv_of(words: tuple[ShellWord, ...]) -> tuple[str, ...]:
    """What :attr:`Command.argv` is for these words."""
    return tuple([w.raw if w.value is None else w.value for w in words])


class Item(NamedTuple):
    """One element of the top-level list: ``operator`` and ``operator_span`` are what *follows* it.

    ``plain`` is True when the item is a single simple command: no pipe, group, function or heredoc.
    """

    span: Span
    operator: Operator
    operator_span: Span
    plain: bool


class Script(NamedTuple):
    """All that a RUN does. ``opaque`` says in a few words why nothing may be concluded, or is None.

    ``names`` are all variables that the text mentions anywhere, ``assigned`` those that it sets itself
    (so that a value from the Dockerfile must not be put in their place).
    """

    commands: tuple[Command, ...]
    items: tuple[Item, ...]
    opaque: str | None
    options: frozenset[str]
    """Shell options that ``set`` turned on at the top level, by letter (``e``, ``x``) or, where there is no
    letter, by long name (``pipefail``)."""
    names: frozenset[str] = frozenset()
    assigned: frozenset[str] = frozenset()
