"""Splitting one logical line: keyword, flags, arguments, JSON arrays, heredoc operators.

Every function works on a joined line and answers offsets in it; BuildKit's names for them are in
``parser.splitCommand`` and the line parsers of its ``parser`` package.
"""

from __future__ import annotations

import json
import re
from typing import Final, NamedTuple

from copylast.dockerfile.expand import SPACE, ExpansionError, Piece, split_words

# What BuildKit's regular expression for white space takes: fewer characters than unicode.IsSpace.
GAP: Final = re.compile(r"[\t\v\f\r ]+")
_ARGUMENT: Final = re.compile(r"[^\t\v\f\r ]+")
_PLAIN_FLAG = re.compile(r"""(--[!#-&(-\[\]-_a-~]*)(?:[\t\v\f\r ]+|$)""")  # no quote, escape or space
_HEREDOC = re.compile(r"([0-9]*)<<(-?)[\t\n\f\r ]*([^<]*)\Z")
_STRING = r'"(?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+"'
_JSON_STRING: Final = re.compile(_STRING)
_S = r"[ \t\n\r]*+"
_JSON_ARRAY = re.compile(rf"\[{_S}(?:{_STRING}{_S}(?:,{_S}{_STRING}{_S})*+)?\]{_S}\Z")
_SURROGATE = re.compile("[\ud800-\udfff]")


def _word_pattern(escape: str) -> re.Pattern[str]:
    e = re.escape(escape)
    return re.compile(
        rf"""(?:[^{SPACE}'"{e}]++|'[^']*+'?|"(?:[^"{e}]++|{e}.)*+(?:"|{e}?\Z)|{e}.)++""", re.DOTALL
    )


# The one for the backtick is made when a file has that escape character.
_WORDS: Final = {"\\": _word_pattern("\\")}


class HeredocOperator(NamedTuple):
    """``<<EOF`` at ``start:end`` of the line."""

    name: str
    expand: bool
    chomp: bool
    fd: int
    start: int
    end: int


def split_flags(text: str, escape: str) -> tuple[list[Piece], int]:
    """The flags at the start of ``text`` (what follows the keyword) and where the arguments begin.

    Quotes and escapes are taken away from a flag's text (BuildKit: ``extractBuilderFlags``).
    """
    flags: list[Piece] = []
    at = 0
    while text.startswith("--", at):
        match = _PLAIN_FLAG.match(text, at)
        if not match:
            more, at = _odd_flags(text, at, escape)
            return flags + more, at
        at = match.end()
        if match.group(1) == "--":
            return flags, match.end(1)
        flags.append(Piece(match.group(1), match.start(1), match.end(1)))
    return flags, at


def _odd_flags(text: str, begin: int, escape: str) -> tuple[list[Piece], int]:
    """The general case. BuildKit walks over bytes here, which tears other than ASCII apart."""
    ascii = text.isascii()
    line = text if ascii else text.encode("utf-8", "surrogatepass").decode("latin-1")
    places: list[int] = []
    if not ascii:
        for index, char in enumerate(text):
            places.extend([index] * len(char.encode("utf-8", "surrogatepass")))
        places.append(len(text))
        begin = len(text[:begin].encode("utf-8", "surrogatepass"))
    flags: list[Piece] = []
    current: list[str] = []
    size = len(line)
    start = pos = begin
    quote = ""
    inside = False

    def source(offset: int) -> int:
        return offset if ascii else places[offset]

    def finish(end: int) -> None:
        # The start of a flag is never in the middle of a character, its end may be.
        stop = source(end)
        if not ascii and end and stop == source(end - 1):
            stop += 1
        flags.append(Piece("".join(current), source(start), stop))
        current.clear()

    while pos < size:
        char = line[pos]
        if not inside:
            if char in SPACE:
                pos += 1
                continue
            if not line.startswith("--", pos):
                return flags, source(pos)
            inside, start = True, pos
        if not quote and char in SPACE:
            inside = False
            if current == ["-", "-"]:
                return flags, source(pos)
            finish(pos)
        elif char == quote:
            quote = ""
        elif not quote and char in "'\"":
            quote = char
        elif char == escape:
            pos += 1
            if pos < size:
                current.append(line[pos])
        else:
            current.append(char)
        pos += 1
    if inside and current != ["-", "-"]:
        finish(size)
    return flags, len(text)


# A word and its start and end in the text that was split.
Found = tuple[str, int, int]


def whitespace_words(text: str) -> list[Found]:
    """The words of FROM, EXPOSE, and of COPY, ADD and VOLUME outside JSON."""
    if not text.isprintable():
        return [(match.group(), *match.span()) for match in _ARGUMENT.finditer(text)]
    # Without tabs and their like, in a third of the time.
    found: list[Found] = []
    at = 0
    for word in text.split(" "):
        end = at + len(word)
        if word:
            found.append((word, at, end))
        at = end + 1
    return found


def quoted_words(text: str, escape: str) -> list[Found]:
    """The words of ENV, LABEL and ARG, quotes and escapes kept (BuildKit: ``parseWords``)."""
    words: list[Found] = []
    size = len(text)
    pattern = _WORDS.get(escape)
    if pattern is None:
        pattern = _WORDS.setdefault(escape, _word_pattern(escape))
    for match in pattern.finditer(text):
        start, end = match.span()
        word = match.group()
        # An escape character at the very end of the line is dropped, whether in quotes or not.
        if end + 1 == size and text[end] == escape:
            words.append((word, start, size))
            return words
        if end == size and word[-1] == escape and _dangling(word, escape):
            word = word[:-1]
        words.append((word, start, end))
    return words


def _dangling(word: str, escape: str) -> bool:
    """Whether the escape character that ends ``word`` escapes nothing."""
    quote = ""
    at = 0
    while at < len(word):
        char = word[at]
        if char == escape and quote != "'":
            if at + 1 == len(word):
                return True
            at += 1
        elif quote:
            if char == quote:
                quote = ""
        elif char in "'\"":
            quote = char
        at += 1
    return False


class JsonProblem(ValueError):
    """A JSON array that holds something other than strings."""


def json_words(text: str) -> list[Found] | None:
    """The strings of a JSON array, or None where BuildKit falls back to the shell form.

    Raises :class:`JsonProblem` for an array of anything else (BuildKit: ``parseJSON``).
    """
    start = len(text) - len(text.lstrip(SPACE))
    if text[start : start + 1] != "[":
        return None
    if _JSON_ARRAY.match(text, start):
        return [(_unquoted(match.group()), *match.span()) for match in _JSON_STRING.finditer(text, start)]
    try:
        json.loads(text[start:], parse_int=_number, parse_float=_number, parse_constant=_constant)
    except RecursionError:
        raise JsonProblem("nested") from None
    except ValueError:
        return None
    raise JsonProblem("not strings")


def _unquoted(literal: str) -> str:
    if "\\" not in literal:
        return literal[1:-1]
    text = json.loads(literal)
    assert isinstance(text, str)
    # Go has no lone surrogates: each becomes the replacement character.
    return _SURROGATE.sub("\ufffd", text) if "\\u" in literal else text


def _number(text: str) -> int:
    if float(text) in (float("inf"), float("-inf")):
        raise ValueError("out of range")
    return 0


def _constant(text: str) -> int:
    raise ValueError(text)


def health_words(text: str) -> tuple[str, int, int]:
    """HEALTHCHECK's first word, where it ends and where the next begins.

    BuildKit looks for white space byte by byte, so that a no-break space, or half of an à, ends it.
    """
    if text.isascii():
        match = re.compile("[\t\n\v\f\r ]+").search(text)
        if not match:
            return text, len(text), len(text)
        return text[: match.start()], match.start(), match.end()
    line = text.encode("utf-8", "surrogatepass")
    blank = re.compile(rb"[\t\n\v\f\r \x85\xa0]+").search(line)
    if not blank:
        return text, len(text), len(text)
    first = line[: blank.start()].decode("utf-8", "replace")
    return first, _characters(line[: blank.start()]), _characters(line[: blank.end()])


def _characters(line: bytes) -> int:
    return sum(1 for byte in line if byte & 0xC0 != 0x80)


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
