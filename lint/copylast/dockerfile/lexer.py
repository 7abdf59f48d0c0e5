"""The reader behind word expansion: one pass over a word, as BuildKit's ``shell.Lex`` makes it."""

from __future__ import annotations

from collections.abc import Callable

from copylast.records import NamedTuple
from copylast.regexes import lazy_regex

# What Go's unicode.IsSpace says; str.isspace() would add the separators 0x1C to 0x1F.
SPACE = (
    "\t\n\v\f\r \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"
)

_PLAIN = lazy_regex("[^$<'\"\\\\`]+")
_PLAIN_INSIDE = lazy_regex("[^$<'\"\\\\`}/]+")
_WORD = lazy_regex(f"[^{SPACE}]+")
_PLAIN_SINGLE = lazy_regex("[^']*")
_PLAIN_DOUBLE = lazy_regex(r'[^"$\\`]+')
# Go has no limit; a person has. Without one, ten thousand nested "${a:-" end in a RecursionError.
_DEPTH = 150


class Unknown:
    """The type of :data:`UNKNOWN`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = Unknown()
"""What a lookup answers for a variable that may have a value, but nobody here can say which."""

Lookup = Callable[[str], "str | Unknown | None"]
"""Name to value; None for a variable that is not set."""


class ExpansionError(ValueError):
    """A word that BuildKit refuses to expand; the text is BuildKit's reason."""

    @property
    def reason(self) -> str:
        """The text for people: BuildKit takes the end of the word for a character."""
        return "a } is missing" if "\ufffd" in str(self) else str(self)


class Piece(NamedTuple):
    """A word found by :func:`split_words` and the range of the input that it came from."""

    text: str
    start: int
    end: int


class Lexer:
    """One word being read; ``run`` is called again for the inside of ``${name:-...}``."""

    __slots__ = (
        "buffer", "depth", "escape", "having", "keep_unset", "lookup", "pos", "raw_escapes", "raw_quotes",
        "skip_quotes", "start", "unknown", "unset", "used", "word", "words",
    )  # fmt: skip

    def __init__(self, word: str, lookup: Lookup, escape: str) -> None:
        self.word = word
        self.pos = 1 if word[:1] == "\ufeff" else 0
        self.lookup = lookup
        self.escape = escape
        self.raw_quotes = False
        self.raw_escapes = False
        self.skip_quotes = False
        self.keep_unset = False
        self.having = ""
        self.depth = 0
        self.used: set[str] = set()
        self.unset: set[str] = set()
        self.unknown: set[str] = set()
        self.words: list[Piece] | None = None
        self.buffer: list[str] = []
        self.start = 0

    def run(self, stop: str, raw_escapes: bool) -> str:
        """Read up to the character ``stop``, or to the end where it is empty."""
        # BuildKit keeps one buffer for the word under way, so a nested ${a:-b} empties it:
        # "80${P:-80}" split into words is "80", not "8080".
        self.buffer.clear()
        self.depth += 1
        if self.depth > _DEPTH:
            raise ExpansionError("substitutions are nested too deeply")
        outer, self.raw_escapes = self.raw_escapes, raw_escapes
        word, size, escape = self.word, len(self.word), self.escape
        splitting = self.words is not None and self.depth == 1
        match_plain = (_PLAIN_INSIDE if stop else _PLAIN).match
        result: list[str] = []
        while self.pos < size:
            at = self.pos
            plain = match_plain(word, at)
            if plain:
                self.pos = plain.end()
                text = plain.group()
                result.append(text)
                if splitting:
                    self._add_split(text, at)
                continue
            else:
                char = word[at]
                if char == stop:
                    self.pos += 1
                    self._leave(outer)
                    return "".join(result)
                if char == "$":
                    text = self.dollar()
                    if splitting:
                        self._add_split(text, at)
                    result.append(text)
                    continue
                if char == "<":
                    text = self._angle()
                elif char == "'" and not self.skip_quotes:
                    text = self._single()
                elif char == '"' and not self.skip_quotes:
                    text = self._double()
                elif char == escape:
                    following = word[at + 1 : at + 2]
                    self.pos = at + 1 + len(following)
                    text = char + following if raw_escapes else following
                    if not following:
                        result.append(text)
                        if splitting and text:
                            self._add(text, at)
                        break
                else:
                    self.pos += 1
                    text = char
            result.append(text)
            if splitting:
                self._add(text, at)
        if stop:
            raise ExpansionError(f"unexpected end of statement while looking for matching {stop}")
        if splitting:
            self._flush(size)
        self._leave(outer)
        return "".join(result)

    def _leave(self, raw_escapes: bool) -> None:
        self.depth -= 1
        self.raw_escapes = raw_escapes
        if self.depth:
            self.buffer.clear()

    def _add(self, text: str, at: int) -> None:
        if text:
            if not self.buffer:
                self.start = at
            self.buffer.append(text)

    def _add_split(self, text: str, at: int) -> None:
        """Add what white space splits: plain text, or what a ``$`` at ``at`` became."""
        plain = self.pos - at == len(text)
        if plain and self.having and text.isprintable():
            # No word that lies wholly in plain text is wanted, and only spaces split it.
            first = text.find(" ")
            if first < 0:
                self._add(text, at)
                return
            self._add(text[:first], at)
            self._flush(at + first)
            last = text.rfind(" ") + 1
            self._add(text[last:], at + last)
            return
        last = 0
        for match in _WORD.finditer(text):
            start, end = match.span()
            if start > last:
                self._flush(at + last if plain else self.pos)
            self._add(match.group(), at + start if plain else at)
            last = end
        if last < len(text):
            self._flush(at + last if plain else self.pos)

    def _flush(self, at: int) -> None:
        if self.buffer and self.words is not None:
            text = "".join(self.buffer)
            if self.having in text:
                self.words.append(Piece(text, self.start, at))
            self.buffer.clear()

    def _angle(self) -> str:
        # "<<" takes the blanks after it along, so that "<< EOF" is one word.
        word, at = self.word, self.pos
        if word[at + 1 : at + 2] != "<":
            self.pos = at + 1
            return "<"
        end = at + 2
        while word[end : end + 1] in ("\t", "\r", " "):
            end += 1
        self.pos = end
        return word[at:end]

    def _single(self) -> str:
        closing = self.word.find("'", self.pos + 1)
        if closing < 0:
            self.pos = len(self.word)
            raise ExpansionError("unexpected end of statement while looking for matching single-quote")
        inner = self.word[self.pos + 1 : closing]
        self.pos = closing + 1
        return f"'{inner}'" if self.raw_quotes else inner

    def _double(self) -> str:
        word, size, escape = self.word, len(self.word), self.escape
        result = ['"'] if self.raw_quotes else []
        self.pos += 1
        while self.pos < size:
            plain = _PLAIN_DOUBLE.match(word, self.pos)
            if plain:
                result.append(plain.group())
                self.pos = plain.end()
                continue
            char = word[self.pos]
            if char == '"':
                self.pos += 1
                if self.raw_quotes:
                    result.append(char)
                return "".join(result)
            if char == "$":
                result.append(self.dollar())
                continue
            self.pos += 1
            if char == escape:
                if self.raw_escapes:
                    result.append(char)
                following = word[self.pos : self.pos + 1]
                if not following:
                    continue
                if following in ('"', "$", escape):
                    char = following
                    self.pos += 1
            result.append(char)
        raise ExpansionError("unexpected end of statement while looking for matching double-quote")

    def dollar(self) -> str:
        """Read a ``$`` and what belongs to it."""
        word, begin = self.word, self.pos
        self.pos += 1
        if word[self.pos : self.pos + 1] != "{":
            name = self._name()
            if not name:
                return "$"
            return self._value(name, begin) or ""
        self.pos += 1
        following = word[self.pos : self.pos + 1]
        if not following:
            raise ExpansionError("syntax error: missing '}'")
        if following in "{}:":
            raise ExpansionError("syntax error: bad substitution")
        name = self._name()
        modifier = self._next()
        if modifier == "}":
            return self._value(name, begin) or ""
        if modifier == "/":
            return self._replace(name, begin)
        shown = modifier
        if modifier == ":":
            modifier = self._next()
            shown += modifier
            if modifier in ("#", "%"):
                raise ExpansionError(f"unsupported modifier ({shown}) in substitution")
        elif modifier not in ("+", "-", "?", "#", "%"):
            raise ExpansionError(f"unsupported modifier ({shown or chr(0xFFFD)}) in substitution")
        argument = self._until("}", modifier in ("#", "%"), "syntax error: missing '}'")
        value = self._get(name)
        from copylast.dockerfile.modifiers import modified

        if isinstance(value, Unknown):
            # Any value will do to find out whether modifier and pattern are right.
            modified(name, "x", shown, argument)
            return word[begin : self.pos]
        if value is None and self.keep_unset:
            return "${" + name + shown + argument + "}"
        return modified(name, value, shown, argument)

    def _replace(self, name: str, begin: int) -> str:
        everywhere = self.word[self.pos : self.pos + 1] == "/"
        self.pos += everywhere
        pattern = self._until("/", True, "syntax error: missing '/' in ${}")
        new = self._until("}", True, "syntax error: missing '}'")
        value = self._get(name)
        if value is None and self.keep_unset:
            return "${" + name + "/" + pattern + "/" + new + "}"
        from copylast.dockerfile.modifiers import replaced

        if isinstance(value, Unknown):
            # Any value will do to find out whether the pattern is right.
            replaced("", pattern, new, everywhere)
            return self.word[begin : self.pos]
        return replaced(value or "", pattern, new, everywhere)

    def _until(self, stop: str, raw_escapes: bool, unfinished: str) -> str:
        try:
            return self.run(stop, raw_escapes)
        except ExpansionError:
            if self.pos >= len(self.word):
                raise ExpansionError(unfinished) from None
            raise

    def _next(self) -> str:
        char = self.word[self.pos : self.pos + 1]
        self.pos += len(char)
        return char

    def _name(self) -> str:
        word, begin, size = self.word, self.pos, len(self.word)
        first = word[begin : begin + 1]
        end = begin
        if first.isdecimal():
            while end < size and word[end].isdecimal():
                end += 1
        elif first and first in "@*#?-$!":
            end += 1
        else:
            while end < size and (word[end] == "_" or word[end].isalpha() or word[end].isdecimal()):
                end += 1
        self.pos = end
        return word[begin:end]

    def _get(self, name: str) -> str | Unknown | None:
        value = self.lookup(name)
        if value is None:
            self.unset.add(name)
        elif isinstance(value, Unknown):
            self.unknown.add(name)
        else:
            self.used.add(name)
        return value

    def _value(self, name: str, begin: int) -> str | None:
        value = self._get(name)
        if isinstance(value, Unknown):
            return self.word[begin : self.pos]
        if value is None and self.keep_unset:
            return self.word[begin : self.pos]
        return value
