"""Heredoc operators: ``<<EOF`` and what a line says about the heredocs that follow it."""

from __future__ import annotations

from copylast.dockerfile.expand import split_words
from copylast.dockerfile.lexer import ExpansionError
from copylast.records import NamedTuple
from copylast.regexes import lazy_regex

_HEREDOC = lazy_regex(r"([0-9]*)<<(-?)[\t\n\f\r ]*([^<]*)\Z")


class HeredocOperator(NamedTuple):
    """``<<EOF`` at ``start:end`` of the line."""

    name: str
    expand: bool
    chomp: bool
    fd: int
    start: int
    end: int


def heredoc_operators(line: str) -> list[HeredocOperator]:
    """The heredocs that ``line`` opens (BuildKit: ``heredocsFromLine``).

    The escape character is a backslash here, whatever the escape directive says, and a line whose
    quotes do not balance opens none. Raises :class:`ExpansionError` for a name that does not lex.
    """
    try:
        words = split_words(line, raw_quotes=True, raw_escapes=True, having="<<")
    except ExpansionError:
        return []
    operators: list[HeredocOperator] = []
    for word in words:
        found = parse_heredoc(word.text)
        if found:
            operators.append(found._replace(start=word.start, end=word.end))
    return operators


def parse_heredoc(word: str) -> HeredocOperator | None:
    """What ``word`` says if it is a heredoc operator (BuildKit: ``ParseHeredoc``).

    Raises :class:`ExpansionError`.
    """
    match = _HEREDOC.match(word)
    if not match or not match.group(3):
        return None
    rest = match.group(3)
    plain = split_words(rest, raw_quotes=False, raw_escapes=False)
    if len(plain) != 1:
        return None
    raw = split_words(rest, raw_quotes=True, raw_escapes=False)
    if len(raw) != 1:
        raise ExpansionError(f"the name of the heredoc {word!r} is ambiguous")
    name = plain[0].text
    expand = _quotes(name) == _quotes(raw[0].text)
    digits = match.group(1)
    largest = 2**64 - 1  # what Go's ParseUint answers for a number out of range
    fd = min(int(digits or "0"), largest) if len(digits) < 30 else largest
    return HeredocOperator(name, expand, bool(match.group(2)), fd, 0, len(word))


def _quotes(text: str) -> int:
    return text.count("'") + text.count('"')
