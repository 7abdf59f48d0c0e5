"""EDN and the data part of Clojure: lists, vectors, maps, strings, keywords. Nothing is evaluated.

Source: https://github.com/edn-format/edn and https://clojure.org/reference/reader.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from copylast import lazy_regex

MAX_DEPTH = 200
MAX_FORMS = 200_000


class EdnError(Exception):
    """``line`` counts from 1."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(problem)
        self.line = line


class Form:
    """``kind``: ``text``, ``atom``, or the opening sign of a collection (``(``, ``[``, ``{``, ``#{``).

    ``code`` is the reader macro in front of it that makes it more than data (``~``, ``#=``, ``@``), or empty.
    """

    __slots__ = ("code", "items", "kind", "line", "text")

    def __init__(self, kind: str, text: str, line: int, code: str = "") -> None:
        self.kind = kind
        self.text = text
        self.line = line
        self.code = code
        self.items: list[Form] = []

    def walk(self) -> Iterator[Form]:
        """The form and everything in it."""
        stack: list[Form] = [self]
        while stack:
            here = stack.pop()
            yield here
            stack.extend(reversed(here.items))

    def pairs(self) -> Iterator[tuple[Form, Form]]:
        """Keys and values of a map, or of the rest of a list that is written like one."""
        yield from zip(self.items[::2], self.items[1::2], strict=False)

    def value(self, key: str) -> Form | None:
        """The value of a keyword in a map."""
        return next((v for k, v in self.pairs() if k.kind == "atom" and k.text == key), None)


_TOKEN = lazy_regex(
    r"(?P<space>[\s,]+|;[^\n]*)|(?P<text>#?\"(?:[^\"\\]|\\.)*\")|(?P<open>#\{|#\(|\(|\[|\{)|(?P<close>[)\]}])"
    r"|(?P<skip>#_)|(?P<macro>#\?@?|#=|#'|~@|[~@'`^]|#\^)|(?P<char>\\(?:\w+|.))|(?P<atom>[^\s,\"()\[\]{};~@^`]+)",
    re.S,
)
_CLOSING = {")": ("(", "#("), "]": ("[",), "}": ("{", "#{")}
_CODE = frozenset({"#=", "~", "~@", "@", "`", "#?", "#?@"})


def parse_edn(text: str) -> list[Form]:
    """The forms of a text at top level. Raises :class:`EdnError`."""
    top = Form("(", "", 1)
    stack = [top]
    line, count, at, code = 1, 0, 0, ""
    skips: list[int] = []
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise EdnError(line, "a string does not end" if text[at] == '"' else f"{text[at]!r} is not understood")
        kind, value = match.lastgroup or "", match[0]
        at = match.end()
        count += 1
        if count > MAX_FORMS:
            raise EdnError(line, "there is too much of it")
        if kind == "skip":
            skips.append(len(stack))
        elif kind == "macro":
            code = value if value in _CODE else code
        elif kind == "open":
            if len(stack) > MAX_DEPTH:
                raise EdnError(line, "it is too deep")
            form = Form(value, "", line, code)
            stack[-1].items.append(form)
            stack.append(form)
            code = ""
        elif kind == "close":
            if stack[-1].kind not in _CLOSING[value] or len(stack) == 1:
                raise EdnError(line, f"{value} closes nothing")
            stack.pop()
            _skip(stack, skips)
        elif kind != "space":
            content = _unescaped(value) if kind == "text" else value
            stack[-1].items.append(Form("text" if kind == "text" else "atom", content, line, code))
            code = ""
            _skip(stack, skips)
        line += value.count("\n")
    if len(stack) > 1:
        raise EdnError(stack[-1].line, "a collection does not end")
    return top.items


def _skip(stack: list[Form], skips: list[int]) -> None:
    """Takes back a form that ``#_`` leaves out."""
    while skips and skips[-1] == len(stack):
        skips.pop()
        stack[-1].items.pop()
        return


def _unescaped(value: str) -> str:
    return re.sub(r"\\(.)", r"\1", value.lstrip("#")[1:-1], flags=re.S)
