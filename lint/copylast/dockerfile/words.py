"""Splitting one logical line: flags and the arguments of each kind of instruction.

Every function works on a joined line and answers offsets in it; BuildKit's names for them are in
``parser.splitCommand`` and the line parsers of its ``parser`` package.
"""

from __future__ import annotations

import re

from copylast.dockerfile.lexer import SPACE, Piece
from copylast.regexes import lazy_regex

# What BuildKit's regular expression for white space takes: fewer characters than unicode.IsSpace.
GAP = lazy_regex(r"[\t\v\f\r ]+")
_ARGUMENT = lazy_regex(r"[^\t\v\f\r ]+")
_PLAIN_FLAG = lazy_regex(r"""(--[!#-&(-\[\]-_a-~]*)(?:[\t\v\f\r ]+|$)""")  # no quote, escape or space


def _word_pattern(escape: str) -> re.Pattern[str]:
    e = re.escape(escape)
    return re.compile(
        rf"""(?:[^{SPACE}'"{e}]++|'[^']*+'?|"(?:[^"{e}]++|{e}.)*+(?:"|{e}?\Z)|{e}.)++""", re.DOTALL
    )


# The one for the backtick is made when a file has that escape character.
_WORDS = {"\\": _word_pattern("\\")}


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
