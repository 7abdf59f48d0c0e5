"""The differences of two lists of lines, placed where people would mark them."""

from __future__ import annotations

from collections.abc import Sequence

Opcode = tuple[str, int, int, int, int]
"""As difflib has them: what, and the ranges in the old and the new lines."""


def opcodes(old: Sequence[str], new: Sequence[str]) -> list[Opcode]:
    """What turns ``old`` into ``new``.

    Lines that are put in or taken out between equal ones can often be marked in several places that come to the
    same. As git does, the last of them is taken: a block then begins with its first line, and not with the end of
    the one before it.
    """
    from difflib import SequenceMatcher

    codes: list[Opcode] = list(SequenceMatcher(None, old, new, autojunk=False).get_opcodes())
    for at in range(len(codes) - 2, -1, -1):
        tag, i, j, k, m = codes[at]
        after, _, j2, _, m2 = codes[at + 1]
        if tag not in ("insert", "delete") or after != "equal":
            continue
        lines, first, end = (new, k, m) if tag == "insert" else (old, i, j)
        by = 0
        while j + by < j2 and lines[first + by] == lines[end + by]:
            by += 1
        if by == 0:
            continue
        codes[at] = (tag, i + by, j + by, k + by, m + by)
        codes[at + 1] = (after, j + by, j2, m + by, m2)
        if at > 0 and codes[at - 1][0] == "equal":
            before, i0, _, k0, _ = codes[at - 1]
            codes[at - 1] = (before, i0, i + by, k0, k + by)
        else:
            codes.insert(at, ("equal", i, i + by, k, k + by))
    return [code for code in codes if code[1] < code[2] or code[3] < code[4]]
