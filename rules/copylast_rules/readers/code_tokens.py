"""Words of manifests that are programs (Ruby, Elixir, Swift): enough to see plain literals, never run.

Text that this does not take apart in full is an error, so that nothing is overlooked.
Sources: https://docs.ruby-lang.org/en/master/syntax/literals_rdoc.html,
https://hexdocs.pm/elixir/syntax-reference.html and The Swift Programming Language, Lexical Structure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from copylast import NamedTuple, lazy_regex
from copylast.typed import Literal

Language = Literal["ruby", "elixir", "swift"]


class Token(NamedTuple):
    """``text``: what a literal holds (``plain`` is False where a part of it is computed). ``name``: an identifier,
    a constant, a symbol (``:a``, ``a:``) or, not plain, a command in backticks. ``mark``: punctuation,
    numbers and line ends."""

    kind: Literal["text", "name", "mark"]
    value: str
    line: int
    plain: bool = True


class CodeError(Exception):
    """Something that cannot be taken apart, with its line."""

    def __init__(self, problem: str, line: int) -> None:
        super().__init__(f"line {line}: {problem}")
        self.line = line


_CLOSING = {"(": ")", "[": "]", "{": "}", "<": ">"}
_NAME = lazy_regex(r":?[A-Za-z_@$][\w@]*[?!]?(?::(?![:\w]))?")
_NUMBER = lazy_regex(r"\d[\w]*(?:\.\d[\w]*)*")
_HEREDOC = lazy_regex(r"<<[~-]?(['\"]?)([A-Z_]\w*)\1")
_PERCENT = lazy_regex(r"%([wWiIqQr]?)([\[({<|!/])")
_SIGIL = lazy_regex(r"~([a-zA-Z]+)(\"\"\"|'''|[\[({</|\"'])")


def tokens(text: str, language: Language) -> list[Token]:
    """All tokens of a program. Raises CodeError."""
    return list(_Scanner(text, language).scan())


class _Scanner:
    def __init__(self, text: str, language: Language) -> None:
        self._text = text
        self._language = language
        self._at = 0
        self._line = 1
        self._last = ""
        self._heredocs: list[str] = []

    def scan(self) -> Iterator[Token]:
        text = self._text
        while self._at < len(text):
            char = text[self._at]
            if char == "\n":
                yield Token("mark", "\n", self._line)
                self._move(1)
                self._skip_heredocs()
                continue
            if char in " \t\r\f\ufeff" or text.startswith("\\\n", self._at):
                self._move(2 if char == "\\" else 1)
                continue
            if self._comment():
                continue
            token = self._literal() or self._name() or Token("mark", char, self._line)
            if token.kind == "mark" and not token.value[0].isdigit():
                self._move(1)
            self._last = token.value if token.kind == "mark" else token.kind
            yield token

    def _move(self, count: int) -> None:
        self._line += self._text.count("\n", self._at, self._at + count)
        self._at += count

    def _rest_of_line(self) -> str:
        end = self._text.find("\n", self._at)
        return self._text[self._at : end if end >= 0 else len(self._text)]

    def _comment(self) -> bool:
        if self._language == "swift":
            if self._text.startswith("/*", self._at):
                end = self._text.find("*/", self._at)
                if end < 0 or "/*" in self._text[self._at + 2 : end]:
                    raise CodeError("a comment does not end, or holds another", self._line)
                self._move(end + 2 - self._at)
                return True
            found = self._text.startswith("//", self._at)
        else:
            found = self._text[self._at] == "#"
        if found:
            self._move(len(self._rest_of_line()))
        return found

    def _literal(self) -> Token | None:
        text, line = self._text, self._line
        for quotes in ('"""', "'''") if self._language != "ruby" else ():
            if text.startswith(quotes, self._at):
                return self._until(quotes, len(quotes), line, True)
        char = text[self._at]
        if char == "`" and self._language != "swift":
            return self._until(char, 1, line, True)._replace(kind="name", plain=False)
        if char == '"' or (char == "'" and self._language != "swift"):
            return self._until(char, 1, line, char != "'" or self._language == "elixir")
        if self._language == "ruby":
            return self._ruby_literal()
        if self._language == "elixir":
            sigil = _SIGIL.match(text, self._at)
            if sigil:
                return self._until(_CLOSING.get(sigil[2], sigil[2]), len(sigil[0]), line, sigil[1].islower())
            if char == "?" and self._last != "name":
                self._move(2)
                return Token("mark", "0", line)
        return None

    def _ruby_literal(self) -> Token | None:
        text, line = self._text, self._line
        heredoc = _HEREDOC.match(text, self._at)
        if heredoc:
            self._heredocs.append(heredoc[2])
            self._move(len(heredoc[0]))
            return Token("text", "", line, False)
        percent = _PERCENT.match(text, self._at)
        if percent and (percent[1] or self._last not in ("text", "name", ")", "]")):
            plain = percent[1] in ("w", "q", "i")
            return self._until(_CLOSING.get(percent[2], percent[2]), len(percent[0]), line, not plain, percent[2])
        if text[self._at] == "/" and self._last in ("(", ",", "~", "=", "{", "|", "!"):
            return self._until("/", 1, line, True)
        return None

    def _until(self, closing: str, skip: int, line: int, computed: bool, opening: str = "") -> Token:
        """A literal that ends with ``closing``; ``computed``: it may hold values in the language's way."""
        start = at = self._at + skip
        text, depth, plain = self._text, 0, True
        inside = "\\(" if self._language == "swift" else "#{"
        while True:
            if at >= len(text) or (self._language == "swift" and closing == '"' and text[at] == "\n"):
                raise CodeError("a text does not end", line)
            if computed and text.startswith(inside, at):
                plain = False
                at = self._past(at + len(inside), ")" if inside == "\\(" else "}", line)
            elif text[at] == "\\":
                at += 2
            elif not depth and text.startswith(closing, at):
                break
            else:
                depth += (text[at] == opening != closing) - (depth > 0 and text[at] == closing)
                at += 1
        value = text[start:at]
        self._move(at + len(closing) - self._at)
        return Token("text", value, line, plain and "\\" not in value)

    def _past(self, at: int, closing: str, line: int) -> int:
        """Behind the end of a computed part. Quotes in it are left alone, for they hardly hold brackets."""
        depth, opening = 1, {"}": "{", ")": "("}[closing]
        while at < len(self._text) and depth:
            depth += (self._text[at] == opening) - (self._text[at] == closing)
            at += 1
        if depth:
            raise CodeError("a text does not end", line)
        return at

    def _name(self) -> Token | None:
        found = _NAME.match(self._text, self._at) or _NUMBER.match(self._text, self._at)
        if found is None:
            return None
        line = self._line
        self._move(len(found[0]))
        return Token("mark" if found[0][0].isdigit() else "name", found[0], line)

    def _skip_heredocs(self) -> None:
        while self._heredocs:
            end = re.compile(rf"^[ \t]*{self._heredocs.pop(0)}[ \t\r]*$", re.M).search(self._text, self._at)
            if end is None:
                raise CodeError("a text does not end", self._line)
            self._move(end.end() - self._at)
