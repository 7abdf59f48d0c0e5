"""Gradle's scripts, Groovy or Kotlin, taken apart as far as literals go. Nothing is run.

What names or touches files is found by the names of the functions; a call whose arguments are not literals is
reported as unclear. Sources: https://docs.gradle.org/current/userguide/writing_settings_files.html,
.../working_with_files.html, .../composite_builds.html, .../plugins.html (apply from).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from copylast import NamedTuple, lazy_regex

MAX_TOKENS = 400_000


class Token(NamedTuple):
    """``kind``: ``word``, ``text`` (a literal), ``mixed`` (a string with ``$``), ``sign``, ``line``."""

    kind: str
    text: str
    line: int


class Call(NamedTuple):
    """A function with its arguments: everything up to the closing parenthesis, or to the end of the line."""

    name: str
    arguments: tuple[Token, ...]
    line: int


class ScriptError(Exception):
    """``line`` counts from 1."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(problem)
        self.line = line


_TOKEN = lazy_regex(
    r"(?P<space>[ \t\r\f]+|//[^\n]*|/\*.*?\*/)|(?P<line>\n)|(?P<word>[A-Za-z_]\w*)|(?P<number>\d[\w.]*)"
    r"|(?P<triple>'''.*?'''|\"\"\".*?\"\"\")|(?P<single>'(?:[^'\\\n]|\\.)*')|(?P<double>\"(?:[^\"\\\n]|\\.)*\")|(?P<sign>.)",
    re.S,
)


def tokens(text: str) -> list[Token]:
    """The tokens of a script, comments left out. Raises :class:`ScriptError`."""
    found: list[Token] = []
    line = 1
    for match in _TOKEN.finditer(text):
        kind, value = match.lastgroup or "", match[0]
        if kind == "line":
            found.append(Token("line", "", line))
        elif kind in ("triple", "single", "double"):
            inner = value[3:-3] if kind == "triple" else value[1:-1]
            mixed = value[0] == '"' and "$" in inner.replace("\\$", "")
            found.append(Token("mixed" if mixed else "text", inner.replace("\\$", "$"), line))
        elif kind == "sign" and value in "'\"":
            raise ScriptError(line, "a string does not end")
        elif kind == "sign" and value == "/" and text.startswith("/*", match.start()):
            raise ScriptError(line, "a comment does not end")
        elif kind != "space":
            found.append(Token("word" if kind == "word" else "sign", value, line))
        line += value.count("\n")
        if len(found) > MAX_TOKENS:
            raise ScriptError(line, "there is too much of it")
    return found


def calls(found: list[Token], names: frozenset[str]) -> Iterator[Call]:
    """The calls of functions of these names, and what variables and named arguments of these names are given."""
    for i, token in enumerate(found):
        if token.kind != "word" or token.text not in names or _defined(found, i):
            continue
        j = i + 1
        if j < len(found) and found[j].text in "=:" and found[j].kind == "sign":
            j += 1
            while j < len(found) and found[j].kind == "line":
                j += 1
        elif j < len(found) and found[j].kind == "sign" and found[j].text not in "([{'\"":
            continue
        yield Call(token.text, tuple(_arguments(found, j)), token.line)


def _defined(found: list[Token], i: int) -> bool:
    """True for a name that is declared there (``def exec = ...``), not called."""
    return i > 0 and found[i - 1].text in ("def", "val", "var", "fun", "class")


def _arguments(found: list[Token], j: int) -> Iterator[Token]:
    if j >= len(found):
        return
    if found[j].text in ("(", "[") and found[j].kind == "sign":
        depth = 0
        for token in found[j:]:
            depth += (token.kind == "sign") * ((token.text in "([{") - (token.text in ")]}"))
            if token.kind != "line":
                yield token
            if not depth:
                return
        return
    depth = 0
    last: Token | None = None
    for token in found[j:]:
        if token.kind == "line" and not depth and (last is None or last.text != ","):
            return
        if token.kind == "sign":
            depth += (token.text in "([") - (token.text in ")]")
            if depth < 0 or token.text in "{};":
                return
        if token.kind != "line":
            yield token
            last = token


def literals(call: Call) -> list[str] | None:
    """The literal arguments of a call; None if there is anything else among them."""
    words = [t for t in call.arguments if not (t.kind == "sign" and t.text in "()[],")]
    return [t.text for t in words] if words and all(t.kind == "text" for t in words) else None
