"""The part of YAML that settings of package managers are written in.

Block and flow mappings and sequences, plain and quoted scalars, block scalars, comments. Everything
else (anchors, aliases, tags, complex keys, several documents, scalars that go on in the next line) is an
error: what it means is not guessed. Source: https://yaml.org/spec/1.2.2/
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeAlias

from copylast import lazy_regex

Yaml: TypeAlias = "str | None | list[Yaml] | dict[str, Yaml]"

MAX_CHARACTERS = 1_000_000
_MAX_DEPTH = 40
_MAX_LINE = 10_000
_QUOTED = r"\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*'"
_KEY = lazy_regex(
    rf"({_QUOTED}|(?:[^\s\-?:,\[\]{{}}#&*!|>'\"%@`]|[-?:](?=\S))"
    r"(?:[^\s:#]|:(?=\S)|(?<=\S)#|\s+(?=[^\s:#]))*+)\s*+:(?=\s|$)"
)
_SCALAR = lazy_regex(rf"({_QUOTED})\s*(?:#.*)?$")
_BLOCK = lazy_regex(r"[|>][-+0-9]{0,2}\s*(?:#.*)?$")
_TOKEN = lazy_regex(
    rf"\s*(?:({_QUOTED})|([\[\]{{}},])|(:(?=[\s,\[\]{{}}]|$))|((?:[^\s,\[\]{{}}:#]|:(?=[^\s,\[\]{{}}])|(?<=\S)#"
    r"|[ ](?=[^\s#,\[\]{}:]))+))"
)
_ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\", "/": "/", "0": "\0", "r": "\r", " ": " "}


class YamlError(Exception):
    """What is not understood, with its line."""

    def __init__(self, problem: str, line: int) -> None:
        super().__init__(f"line {line}: {problem}")
        self.line = line


def read_yaml(text: str) -> dict[str, Yaml]:
    """The mapping that ``text`` is; all scalars are strings, an empty value is None.

    Raises YamlError.
    """
    if len(text) > MAX_CHARACTERS:
        raise YamlError("it is too long to follow", 1)
    found = _Reader(text).document()
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise YamlError("a mapping is expected", 1)
    return found


def table(value: Yaml) -> Mapping[str, Yaml]:
    """``value`` if it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}


def texts(value: Yaml) -> list[str]:
    """The strings in a sequence; empty for anything else."""
    return [v for v in value if isinstance(v, str)] if isinstance(value, list) else []


class _Reader:
    """One pass over the lines; ``_at`` is the next one."""

    def __init__(self, text: str) -> None:
        self._lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
        self._at = 0

    def document(self) -> Yaml:
        if self._next() is not None and self._lines[self._at].rstrip() == "---":
            self._at += 1
        indent = self._next()
        if indent is None:
            return None
        found = self._block(indent, 0)
        if self._next() is not None:
            raise self._error("this is not understood here")
        return found

    def _error(self, problem: str) -> YamlError:
        return YamlError(problem, min(self._at, len(self._lines) - 1) + 1)

    def _next(self) -> int | None:
        """Go to the next line that says something; its indentation, None at the end."""
        while self._at < len(self._lines):
            line = self._lines[self._at]
            bare = line.lstrip(" ")
            if bare.strip() and not bare.startswith("#"):
                if bare.startswith("\t"):
                    raise self._error("a tab in the indentation")
                if len(line) > _MAX_LINE:
                    raise self._error("the line is too long to follow")
                return len(line) - len(bare)
            self._at += 1
        return None

    def _block(self, indent: int, depth: int) -> Yaml:
        """The mapping or sequence whose entries stand at ``indent``."""
        if depth > _MAX_DEPTH:
            raise self._error("it is nested too deep")
        bare = self._lines[self._at][indent:]
        if bare.startswith("- ") or bare.rstrip() == "-":
            return self._sequence(indent, depth)
        return self._mapping(indent, depth)

    def _sequence(self, indent: int, depth: int) -> list[Yaml]:
        found: list[Yaml] = []
        while self._next() == indent:
            line = self._lines[self._at]
            bare = line[indent:]
            if not bare.startswith("- ") and bare.rstrip() != "-":
                break
            rest = bare[1:].lstrip(" ")
            if not rest.strip() or rest.startswith("#"):
                self._at += 1
                found.append(self._below(indent, depth))
            elif rest.startswith("- ") or _KEY.match(rest):
                inner = len(line) - len(rest)
                self._lines[self._at] = " " * inner + rest
                found.append(self._block(inner, depth + 1))
            else:
                found.append(self._value(rest, indent, depth))
        return found

    def _mapping(self, indent: int, depth: int) -> dict[str, Yaml]:
        found: dict[str, Yaml] = {}
        while self._next() == indent:
            bare = self._lines[self._at][indent:]
            match = _KEY.match(bare)
            if match is None:
                raise self._error("this is not understood")
            key = self._plain(match[1])
            if key in found or key == "<<":
                raise self._error(f"the key {key} is given twice" if key in found else "merged keys are not followed")
            rest = bare[match.end() :].strip()
            if rest and not rest.startswith("#"):
                found[key] = self._value(rest, indent, depth)
            else:
                self._at += 1
                found[key] = self._below(indent, depth, sequence=True)
        return found

    def _below(self, indent: int, depth: int, sequence: bool = False) -> Yaml:
        """What is indented more than ``indent``; a sequence may stand at it in a mapping."""
        inner = self._next()
        if inner is None or inner < indent:
            return None
        if inner == indent:
            bare = self._lines[self._at][indent:]
            return self._sequence(indent, depth + 1) if sequence and bare.startswith(("- ", "-\n")) else None
        return self._block(inner, depth + 1)

    def _value(self, rest: str, indent: int, depth: int) -> Yaml:
        """The value that begins on this line, and the move behind it."""
        if _BLOCK.match(rest):
            return self._literal(indent)
        if rest[0] in "[{":
            return self._flow(rest, depth)
        value = self._plain(rest)
        self._at += 1
        after = self._next()
        if after is not None and after > indent:
            raise self._error("a value that goes on in the next line is not followed")
        return value

    def _plain(self, text: str) -> str:
        """A scalar without its quotes and comment."""
        quoted = _SCALAR.match(text)
        if quoted:
            return self._unquoted(quoted[1])
        if text[0] in "&*!|>%@`\"'#" or text.startswith(("? ", "- ")) or ": " in text or text.endswith(":"):
            raise self._error("this is not understood")
        return re.split(r"\s#", text, maxsplit=1)[0].strip()

    def _unquoted(self, text: str) -> str:
        if text[0] == "'":
            return text[1:-1].replace("''", "'")

        def escape(match: re.Match[str]) -> str:
            if match[1] not in _ESCAPES:
                raise self._error(f"the escape \\{match[1]} is not followed")
            return _ESCAPES[match[1]]

        return re.sub(r"\\(.)", escape, text[1:-1])

    def _literal(self, indent: int) -> str:
        """A block scalar, roughly: nobody asks for more than that it is there."""
        self._at += 1
        start = self._at
        while self._at < len(self._lines):
            line = self._lines[self._at]
            if line.strip() and len(line) - len(line.lstrip(" ")) <= indent:
                break
            self._at += 1
        return "\n".join(self._lines[start : self._at])

    def _flow(self, text: str, depth: int) -> Yaml:
        """``[a, b]`` or ``{a: b}``, over several lines if need be."""
        tokens: list[str] = []
        level = 0
        while True:
            more = self._tokens(text)
            tokens += more
            level += sum(t in "[{" for t in more) - sum(t in "]}" for t in more)
            self._at += 1
            if level <= 0:
                break
            if self._at >= len(self._lines) or len(tokens) > 100_000:
                raise self._error("a bracket is not closed")
            text = self._lines[self._at]
        self._at -= 1
        value, end = self._item(tokens, 0, depth)
        if end != len(tokens):
            raise self._error("something stands behind a bracket")
        self._at += 1
        return value

    def _tokens(self, text: str) -> list[str]:
        """Brackets, commas and colons as they are, scalars with an ``=`` in front."""
        found: list[str] = []
        at = 0
        while True:
            match = _TOKEN.match(text, at)
            if match is None:
                if not text[at:].strip() or text[at:].lstrip().startswith("#"):
                    return found
                raise self._error("this is not understood")
            scalar = match[1] or match[4]
            found.append("=" + self._plain(scalar.strip()) if scalar else match[2] or ":")
            at = match.end()

    def _item(self, tokens: list[str], at: int, depth: int) -> tuple[Yaml, int]:
        if depth > _MAX_DEPTH:
            raise self._error("it is nested too deep")
        opener = tokens[at] if at < len(tokens) else ""
        if opener.startswith("="):
            return opener[1:], at + 1
        if opener not in ("[", "{"):
            raise self._error("this is not understood")
        sequence: list[Yaml] = []
        mapping: dict[str, Yaml] = {}
        at += 1
        while at < len(tokens) and tokens[at] not in ("]", "}"):
            value, at = self._item(tokens, at, depth + 1)
            if opener == "{":
                if not isinstance(value, str) or value in mapping:
                    raise self._error("this is not understood")
                inner: Yaml = None
                if at < len(tokens) and tokens[at] == ":":
                    at += 1
                    if at < len(tokens) and tokens[at] not in (",", "}"):
                        inner, at = self._item(tokens, at, depth + 1)
                mapping[value] = inner
            else:
                sequence.append(value)
            if at < len(tokens) and tokens[at] == ",":
                at += 1
            elif at < len(tokens) and tokens[at] not in ("]", "}"):
                raise self._error("this is not understood")
        if at >= len(tokens) or (tokens[at] == "]") != (opener == "["):
            raise self._error("a bracket is not closed")
        return (sequence if opener == "[" else mapping), at + 1
