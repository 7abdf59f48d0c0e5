"""Word expansion: quotes, escapes and variables as BuildKit's ``shell.Lex`` treats them.

This is not a shell. The forms known are ``$x``, ``${x}``, ``${x-w}``, ``${x+w}``, ``${x?w}`` and
their ``:`` twins, ``${x#p}``, ``${x##p}``, ``${x%p}``, ``${x%%p}``, ``${x/p/w}`` and ``${x//p/w}``.
"""

from __future__ import annotations

from copylast.dockerfile.lexer import (
    SPACE,
    UNKNOWN,
    ExpansionError,
    Lexer,
    Lookup,
    Piece,
    Unknown,
)
from copylast.records import NamedTuple, made

__all__ = [
    "SPACE",
    "UNKNOWN",
    "Expansion",
    "ExpansionError",
    "Lookup",
    "Piece",
    "Unknown",
    "expand",
    "expand_words",
    "plain",
    "split_words",
]

_NOTHING: frozenset[str] = frozenset()


class Expansion(NamedTuple):
    """An expanded word.

    ``used`` are the variables that had a value, ``unset`` those without one, ``unknown`` those of
    which the lookup could not tell: they are left in ``text`` as they were written.
    """

    text: str
    used: frozenset[str] = _NOTHING
    unset: frozenset[str] = _NOTHING
    unknown: frozenset[str] = _NOTHING


def plain(text: str) -> Expansion:
    """A word in which there is nothing to expand."""
    return made(Expansion, (text, _NOTHING, _NOTHING, _NOTHING))


def expand(word: str, lookup: Lookup, escape: str = "\\", *, keep_quotes: bool = False) -> Expansion:
    """Expand ``word``, white space kept (BuildKit: ``Lex.ProcessWord``).

    ``keep_quotes`` leaves quote characters alone, as for the content of COPY's heredocs.
    Raises :class:`ExpansionError`.
    """
    if "$" not in word and not keep_quotes and "'" not in word and '"' not in word and escape not in word:
        # A byte order mark in front is dropped by Go's text/scanner.
        return plain(word[1:] if word[:1] == "\ufeff" else word)
    lexer = Lexer(word, lookup, escape)
    lexer.skip_quotes = keep_quotes
    text = lexer.run("", False)
    return Expansion(text, frozenset(lexer.used), frozenset(lexer.unset), frozenset(lexer.unknown))


def expand_words(word: str, lookup: Lookup, escape: str = "\\") -> tuple[str, ...]:
    """Expand ``word`` and split the result at unquoted white space (BuildKit: ``Lex.ProcessWords``).

    An unknown variable stays as it is written. Raises :class:`ExpansionError`.
    """
    lexer = Lexer(word, lookup, escape)
    lexer.words = []
    lexer.run("", False)
    return tuple(piece.text for piece in lexer.words)


def split_words(line: str, *, raw_quotes: bool, raw_escapes: bool, having: str = "") -> list[Piece]:
    """Split ``line`` with every variable unset and left as written; the escape is a backslash.

    This is how BuildKit looks for heredocs. ``having`` leaves out words without it; it must begin
    with ``<``. Raises :class:`ExpansionError`.
    """
    lexer = Lexer(line, _unset, "\\")
    lexer.raw_quotes = raw_quotes
    lexer.raw_escapes = raw_escapes
    lexer.keep_unset = True
    lexer.having = having
    lexer.words = []
    lexer.run("", raw_escapes)
    return lexer.words


def _unset(name: str) -> None:
    return None
