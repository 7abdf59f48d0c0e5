"""The JSON form of arguments, and when BuildKit falls back to the shell form."""

from __future__ import annotations

import json

from copylast.dockerfile.lexer import SPACE
from copylast.dockerfile.words import Found
from copylast.regexes import lazy_regex

_STRING = r'"(?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+"'
_JSON_STRING = lazy_regex(_STRING)
_S = r"[ \t\n\r]*+"
_JSON_ARRAY = lazy_regex(rf"\[{_S}(?:{_STRING}{_S}(?:,{_S}{_STRING}{_S})*+)?\]{_S}\Z")
_SURROGATE = lazy_regex("[\ud800-\udfff]")


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
