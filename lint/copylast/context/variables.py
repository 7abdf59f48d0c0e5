"""``${NAME:-value}`` as compose writes it, and the ``.env`` file that gives values.

Values come from ``.env`` only, never from the environment of the person who runs copylast: two machines
must see the same build.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from copylast.regexes import lazy_regex

_NAME = lazy_regex(r"[A-Za-z_][A-Za-z0-9_]*")
_LINE = lazy_regex(r"\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*(?:=|:\s)\s*(.*?)\s*\Z", re.S)
_DEPTH = 10
_LENGTH = 10_000


def interpolate(text: str, values: Mapping[str, str], depth: int = 0) -> str:
    """``text`` with its variables replaced; one that is not set is empty, ``$$`` is ``$``."""
    if "$" not in text or depth > _DEPTH or len(text) > _LENGTH:
        return text
    out: list[str] = []
    at = 0
    while at < len(text):
        dollar = text.find("$", at)
        if dollar < 0 or dollar + 1 == len(text):
            out.append(text[at:])
            break
        out.append(text[at:dollar])
        at = dollar + 1
        if text[at] == "$":
            out.append("$")
            at += 1
        elif text[at] == "{" and (end := _closing(text, at)) > 0:
            out.append(_braced(text[at + 1 : end], values, depth))
            at = end + 1
        elif name := _NAME.match(text, at):
            out.append(values.get(name[0], ""))
            at = name.end()
        else:
            out.append("$")
    return "".join(out)


def _closing(text: str, start: int) -> int:
    depth = 0
    for at in range(start, len(text)):
        depth += (text[at] == "{") - (text[at] == "}")
        if not depth:
            return at
    return -1


def _braced(inner: str, values: Mapping[str, str], depth: int) -> str:
    name = _NAME.match(inner)
    if not name:
        return ""
    value = values.get(name[0])
    rest = inner[name.end() :]
    colon = rest.startswith(":")
    sign, other = rest[colon : colon + 1], rest[colon + 1 :]
    have = value is not None and (not colon or value != "")
    if sign == "+":
        return interpolate(other, values, depth + 1) if have else ""
    if sign == "-" and not have:
        return interpolate(other, values, depth + 1)
    return value or ""


def read_env(text: str) -> dict[str, str]:
    """The values of a ``.env`` file; later lines see earlier ones."""
    values: dict[str, str] = {}
    for line in text.splitlines():
        found = None if line.lstrip().startswith("#") else _LINE.match(line)
        if not found:
            continue
        value = found[2]
        if value[:1] == "'":
            value = value[1:].partition("'")[0]
        elif value[:1] == '"':
            value = interpolate(value[1:].partition('"')[0], values)
        else:
            value = interpolate(re.split(r"\s#", value)[0].rstrip(), values)
        values[found[1]] = value
    return values
