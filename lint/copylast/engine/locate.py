"""Where a key stands in a TOML or INI text: ``tomllib`` and ``configparser`` do not tell."""

from __future__ import annotations

from collections.abc import Sequence

from copylast.engine.error import Place
from copylast.regexes import lazy_regex

_HEADER = lazy_regex(r"\s*\[\[?(?P<name>[^\]#]*)\]\]?")
_KEY = lazy_regex(r"""\s*(?P<key>(?:"[^"]*"|'[^']*'|[\w-]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[\w-]+))*)\s*[=:]""")
_PART = lazy_regex(r""""[^"]*"|'[^']*'|[\w:-]+""")


def locate(text: str, path: Sequence[str], value: str | None = None) -> Place | None:
    """The place of the key ``path``, or of the string ``value`` inside what the key is set to.

    None if it is not found (a multi-line string or an inline table can hide it): then only the file
    can be named.
    """
    lines = text.split("\n")
    table: list[str] = []
    best: Place | None = None
    for number, line in enumerate(lines, 1):
        header = _HEADER.match(line)
        if header is not None and "=" not in line.split("#")[0]:
            table = _parts(header["name"])
            if table == list(path):
                best = best or _place(number, line, header["name"].strip())
            continue
        key = _KEY.match(line)
        if key is None:
            continue
        found = [*table, *_parts(key["key"])]
        if found == list(path):
            if value is not None:
                inside = _value(lines, number, key.end(), value)
                if inside is not None:
                    return inside
            return Place(number, key.start("key") + 1, line.rstrip("\r"), len(key["key"]))
        if found == list(path[: len(found)]):
            # An inline table: the last part stands somewhere on this line.
            inside = _value(lines, number, key.end(), path[-1])
            best = inside or best
    return best


def _parts(name: str) -> list[str]:
    return [part.strip("\"'") for part in _PART.findall(name)]


def _place(number: int, line: str, what: str) -> Place | None:
    at = line.find(what)
    return Place(number, at + 1, line.rstrip("\r"), len(what)) if at >= 0 else None


def _value(lines: Sequence[str], number: int, start: int, value: str) -> Place | None:
    for offset, line in enumerate(lines[number - 1 : number + 199]):
        at = line.find(value, start if offset == 0 else 0)
        if at >= 0:
            return Place(number + offset, at + 1, line.rstrip("\r"), len(value))
        if offset and (_KEY.match(line) or _HEADER.match(line)):
            return None
    return None
