"""Go's path arithmetic and glob syntax, which BuildKit applies to sources and ignore patterns.

Source of fact: the behaviour of ``filepath.Clean`` and ``filepath.Match`` of Go on Linux (Go 1.16 or
newer, where the whole pattern is checked even if the beginning already fails to match).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from copylast.records import NamedTuple

SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
"""What Go trims as white space; ``str.strip()`` would also take the four ASCII separators."""


class GlobProblem(NamedTuple):
    """Why a glob is refused: ``offset`` is the character at which reading fails."""

    offset: int
    message: str


def clean(path: str) -> str:
    """The shortest equal path: no ``.``, no doubled or trailing ``/``, ``..`` resolved; ``.`` if empty."""
    rooted = path.startswith("/")
    if rooted and "//" not in path and "/." not in path and (path[-1] != "/" or len(path) == 1):
        return path  # clean already, as most are
    parts: list[str] = []
    for part in path.split("/"):
        if not part or part == ".":
            continue
        if part == "..":
            if parts and parts[-1] != "..":
                parts.pop()
            elif not rooted:
                parts.append(part)
        else:
            parts.append(part)
    joined = "/".join(parts)
    return "/" + joined if rooted else joined or "."


def in_root(path: str) -> str:
    """``path`` taken from the context's root: ``..`` never leads above it, the root is ``""``."""
    return clean("/" + path)[1:]


def has_wildcard(text: str) -> bool:
    """Whether ``text`` holds an unescaped ``*``, ``?`` or ``[``."""
    if "*" not in text and "?" not in text and "[" not in text:
        return False
    at = 0
    while at < len(text):
        if text[at] == "\\":
            at += 1
        elif text[at] in "*?[":
            return True
        at += 1
    return False


def unescape(text: str) -> str:
    """A glob without wildcards as the name that it matches."""
    return re.sub(r"\\(.)", r"\1", text, flags=re.S) if "\\" in text else text


def glob_problem(pattern: str) -> GlobProblem | None:
    """What makes ``filepath.Match`` refuse ``pattern``; None if the syntax is good."""
    at, end = 0, len(pattern)
    while at < end:
        char = pattern[at]
        if char == "\\":
            if at + 1 == end:
                return GlobProblem(at, "nothing follows the `\\`")
            at += 2
        elif char == "[":
            closed = _class_end(pattern, at)
            if isinstance(closed, GlobProblem):
                return closed
            at = closed
        else:
            at += 1
    return None


def _class_end(pattern: str, start: int) -> int | GlobProblem:
    """The offset after the ``]`` of the class that begins at ``start``."""
    at, end = start + 1, len(pattern)
    if pattern[at : at + 1] == "^":
        at += 1
    seen = False
    while True:
        if at >= end:
            return GlobProblem(start, "this `[` is never closed by a `]`")
        if pattern[at] == "]" and seen:
            return at + 1
        for part in ("low", "high"):
            if at >= end:
                return GlobProblem(start, "this `[` is never closed by a `]`")
            if pattern[at] == "]":
                what = "a range ends with" if seen else "a class begins with"
                return GlobProblem(at, f"{what} `]`; write `\\]` for the character")
            if pattern[at] == "-":
                return GlobProblem(at, "a `-` has no character before it; write `\\-`")
            if pattern[at] == "\\":
                at += 1
            at += 1
            if at >= end:
                return GlobProblem(start, "this `[` is never closed by a `]`")
            seen = True
            # The second character of a range never begins another one: `[a-b-c]` is an error in Go.
            if part == "high" or pattern[at] != "-":
                break
            at += 1


@lru_cache(maxsize=512)
def glob_matcher(pattern: str) -> Callable[[str], object]:
    """A function that says whether one name matches ``pattern`` as ``filepath.Match`` would.

    ``pattern`` must be free of problems. Names hold no ``/``.
    """
    out: list[str] = []
    at, end = 0, len(pattern)
    stars = False
    while at < end:
        char = pattern[at]
        at += 1
        if char == "*":
            # Atomic and lazy after the first star: the earliest place for what stands between two
            # stars is always good enough, and no name can make it slow.
            if not stars:
                stars = True
            elif out and out[-1] == "(?>.*?":
                continue
            else:
                out.append(")")
            out.append("(?>.*?")
        elif char == "?":
            out.append(".")
        elif char == "[":
            closed = _class_end(pattern, at - 1)
            assert isinstance(closed, int)
            out.append(_class_regex(pattern[at : closed - 1]))
            at = closed
        else:
            if char == "\\":
                char = pattern[at]
                at += 1
            out.append(re.escape(char))
    if stars:
        last = len(out) - 1 - out[::-1].index("(?>.*?")
        # What follows the last star must reach the end, so it may look for a later place.
        out[last] = "(?:.*"
        out.append(")")
    return re.compile("".join(out), re.S).fullmatch


def _class_regex(body: str) -> str:
    """The inside of a glob class as a Python class; an empty range matches nothing."""
    negated = body.startswith("^")
    items: list[str] = []
    at = 1 if negated else 0

    def take() -> str:
        nonlocal at
        if body[at] == "\\":
            at += 1
        at += 1
        return body[at - 1]

    while at < len(body):
        low = high = take()
        if at < len(body) and body[at] == "-":
            at += 1
            high = take()
        if low <= high:
            items.append(re.escape(low) if low == high else f"{re.escape(low)}-{re.escape(high)}")
    if not items:
        return "." if negated else "(?!)"
    return ("[^" if negated else "[") + "".join(items) + "]"
