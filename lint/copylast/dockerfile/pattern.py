"""The patterns of ``${x#p}``, ``${x%p}`` and ``${x/p/w}``: ``*``, ``?`` and literal characters.

BuildKit turns them into regular expressions of Go, which take linear time whatever the pattern.
Python's would not, so runs between two stars are tried as atomic groups.
"""

from __future__ import annotations

import re
from functools import lru_cache

from copylast.regexes import lazy_regex

_TEMPLATE = lazy_regex(r"\$(?:(\$)|\{(\w+)\}|(\w+))")


class PatternError(ValueError):
    """A pattern that BuildKit refuses."""


@lru_cache(maxsize=256)
def _segments(pattern: str) -> tuple[str, ...]:
    """Regular expressions for what stands between the stars."""
    segments: list[str] = []
    current: list[str] = []
    # Go's text/scanner drops a byte order mark in front.
    at = 1 if pattern[:1] == "\ufeff" else 0
    while at < len(pattern):
        char = pattern[at]
        at += 1
        if char == "*":
            segments.append("".join(current))
            current = []
        elif char == "?":
            current.append(".")
        elif char == "\\":
            following = pattern[at : at + 1]
            if following in ("}", "/"):
                continue
            if not following or following not in "*?\\":
                escaped = following or "\ufffd"
                raise PatternError(
                    f"invalid pattern ({pattern}) in substitution: invalid escape '\\{escaped}'"
                )
            current.append(re.escape(following))
            at += 1
        else:
            current.append(re.escape(char))
    segments.append("".join(current))
    return tuple(segments)


def remove_prefix(value: str, pattern: str, longest: bool) -> str:
    """``${value#pattern}``, or ``${value##pattern}`` for the longest match. Raises PatternError."""
    return value[_prefix(_segments(pattern), value, longest) :]


def remove_suffix(value: str, pattern: str, longest: bool) -> str:
    """``${value%pattern}``, or ``${value%%pattern}`` for the longest match. Raises PatternError."""
    try:
        segments = _segments(_reversed(pattern))
    except PatternError as error:
        raise PatternError(str(error)) from None
    return value[::-1][_prefix(segments, value[::-1], longest) :][::-1]


def _prefix(segments: tuple[str, ...], value: str, longest: bool) -> int:
    """How many characters at the start of ``value`` match; 0 where none do."""
    match = _compiled(segments, longest).match(value)
    return match.end() if match else 0


@lru_cache(maxsize=256)
def _compiled(segments: tuple[str, ...], longest: bool) -> re.Pattern[str]:
    # Taking the first place for every run but the last is right for the shortest and for the
    # longest match alike, because a star crosses anything but a line end.
    parts = [segments[0]]
    for segment in segments[1:-1]:
        parts.append(f"(?>.*?{segment})")
    if len(segments) > 1:
        parts.append((".*" if longest else ".*?") + segments[-1])
    return re.compile("".join(parts))


def replace(value: str, pattern: str, new: str, everywhere: bool) -> str:
    """``${value/pattern/new}``, or ``//`` for every match. Raises PatternError.

    With ``//``, BuildKit hands ``new`` to Go's ReplaceAllString, for which ``$0`` and ``${0}`` mean
    the match and any other ``$name`` nothing.
    """
    compiled = _compiled(_segments(pattern), True)
    if not everywhere:
        match = compiled.search(value)
        return value[: match.start()] + new + value[match.end() :] if match else value
    result: list[str] = []
    last = -1
    at = done = 0
    while at <= len(value):
        match = compiled.search(value, at)
        if not match:
            break
        start, end = match.span()
        # Go passes over an empty match right behind another match.
        if end > start or start != last:
            result.append(value[done:start])
            result.append(_filled(new, match.group()))
            done = last = end
        at = end if end > start else end + 1
    result.append(value[done:])
    return "".join(result)


def _filled(template: str, match: str) -> str:
    if "$" not in template:
        return template

    def fill(found: re.Match[str]) -> str:
        if found.group(1):
            return "$"
        return match if (found.group(2) or found.group(3)) in ("0", "00", "000") else ""

    return _TEMPLATE.sub(fill, template)


def _reversed(pattern: str) -> str:
    """The pattern for the reversed value: escapes stay in front of what they escape."""
    result: list[str] = []
    at = 0
    while at < len(pattern):
        width = 2 if pattern[at] == "\\" and at + 1 < len(pattern) else 1
        result.append(pattern[at : at + width])
        at += width
    return "".join(reversed(result))
