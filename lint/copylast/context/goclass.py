"""Go's character classes and escapes, as Python's.

Ignore patterns show them (see :mod:`copylast.context.goregex`). Source of fact: Go's
``regexp/syntax`` with the flags of ``regexp.Compile``.
"""

from __future__ import annotations

import re

Ranges = list[tuple[int, int]]

TOP = 0x10FFFF
_DIGIT: Ranges = [(48, 57)]
_SPACE: Ranges = [(9, 10), (12, 13), (32, 32)]
_WORD: Ranges = [(48, 57), (65, 90), (95, 95), (97, 122)]
_POSIX: dict[str, Ranges] = {
    "alnum": [(48, 57), (65, 90), (97, 122)],
    "alpha": [(65, 90), (97, 122)],
    "ascii": [(0, 127)],
    "blank": [(9, 9), (32, 32)],
    "cntrl": [(0, 31), (127, 127)],
    "digit": _DIGIT,
    "graph": [(33, 126)],
    "lower": [(97, 122)],
    "print": [(32, 126)],
    "punct": [(33, 47), (58, 64), (91, 96), (123, 126)],
    "space": [(9, 13), (32, 32)],
    "upper": [(65, 90)],
    "word": _WORD,
    "xdigit": [(48, 57), (65, 70), (97, 102)],
}
_CONTROL = {"a": 7, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11}


class BadPattern(Exception):
    """Go refuses the regular expression; BuildKit fails when the pattern is first tried on a path."""


def read_set_escape(go: str, at: int) -> tuple[Ranges, int]:
    """The characters that the escape whose letter stands at ``at`` means, and where it ends."""
    char = go[at : at + 1]
    perl = {"d": _DIGIT, "s": _SPACE, "w": _WORD}.get(char.lower()) if char else None
    if perl is not None:
        return (_invert(perl) if char.isupper() else perl), at + 1
    if char in ("p", "P"):
        return _unicode_class(go, at)
    code, at = _read_code(go, at)
    return [(code, code)], at


def _read_code(go: str, at: int) -> tuple[int, int]:
    """The code point of an escape whose letter stands at ``at``. Raises :class:`BadPattern`."""
    char = go[at : at + 1]
    found = re.compile(r"[1-7][0-7]{1,2}|0[0-7]{0,2}").match(go, at)
    if found:
        return int(found[0], 8), found.end()
    found = re.compile(r"x(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]+)\})").match(go, at)
    if found and int(found[1] or found[2], 16) <= TOP:
        return int(found[1] or found[2], 16), found.end()
    if char in _CONTROL:
        return _CONTROL[char], at + 1
    if not char or not char.isascii() or char.isalnum():
        raise BadPattern(f"`\\{char}` means nothing to the builder; paths are written with `/`")
    return ord(char), at + 1


def read_class(go: str, at: int) -> tuple[str, int]:
    """The class whose first inner character stands at ``at``, as Python's, and where it ends."""
    negated = go.startswith("^", at)
    at += negated
    ranges: Ranges = []
    first = True
    while first or not go.startswith("]", at):
        first = False
        named = re.compile(r"\[:(.*?):\]", re.S).match(go, at)
        if named:
            name = named[1]
            known = _POSIX.get(name.removeprefix("^"))
            if known is None:
                raise BadPattern(f"there is no character class `[:{name}:]`")
            ranges += _invert(known) if name.startswith("^") else known
            at = named.end()
            continue
        if go.startswith("\\", at) and go[at + 1 : at + 2] in tuple("dswDSWpP"):
            more, at = read_set_escape(go, at + 1)
            ranges += more
            continue
        low, at = _class_char(go, at)
        high = low
        if go.startswith("-", at) and not go.startswith("]", at + 1) and at + 1 < len(go):
            high, at = _class_char(go, at + 1)
            if high < low:
                raise BadPattern(f"the range `{chr(low)}-{chr(high)}` is the wrong way round")
        ranges.append((low, high))
    return class_regex(ranges, negated), at + 1


def _class_char(go: str, at: int) -> tuple[int, int]:
    if at >= len(go):
        raise BadPattern("a `[` is never closed")
    return _read_code(go, at + 1) if go[at] == "\\" else (ord(go[at]), at + 1)


def _unicode_class(go: str, at: int) -> tuple[Ranges, int]:
    """``\\pL`` and ``\\p{Lu}`` by general category; scripts are not known and match nothing."""
    import unicodedata

    found = re.compile(r"[pP](?:\{(\^?)(\w+)\}|(.))", re.S).match(go, at)
    if not found:
        raise BadPattern("`\\p` is not followed by a class of characters")
    name = found[2] or found[3]
    categories = {unicodedata.category(chr(code)) for code in range(0x3000)} | {"Co", "Cs"}
    negated = (go[at] == "P") != bool(found[1])
    wanted = {one for one in categories if one == name or one[0] == name} - {"Cn"}
    if not wanted and name != "Any" and (len(name) < 3 or not name[0].isupper()):
        raise BadPattern(f"`\\p{name}` means nothing to the builder; paths are written with `/`")
    if name == "Any":
        ranges: Ranges = [(0, TOP)]
    else:
        ranges = [(code, code) for code in range(TOP + 1) if unicodedata.category(chr(code)) in wanted]
    return (_invert(ranges) if negated else ranges), found.end()


def _invert(ranges: Ranges) -> Ranges:
    out: Ranges = []
    start = 0
    for low, high in sorted(ranges):
        if start < low:
            out.append((start, low - 1))
        start = max(start, high + 1)
    if start <= TOP:
        out.append((start, TOP))
    return out


def class_regex(ranges: Ranges, negated: bool) -> str:
    """The class in Python's syntax, its ranges sorted and joined."""
    joined: Ranges = []
    for low, high in sorted(ranges):
        if joined and low <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(high, joined[-1][1]))
        else:
            joined.append((low, high))
    if not joined:
        return r"[\s\S]" if negated else "(?!)"
    if len(joined) == 1 and joined[0][0] == joined[0][1] and not negated:
        return re.escape(chr(joined[0][0]))
    inner = "".join(
        re.escape(chr(low)) if low == high else f"{re.escape(chr(low))}-{re.escape(chr(high))}" for low, high in joined
    )
    return f"[^{inner}]" if negated else f"[{inner}]"
