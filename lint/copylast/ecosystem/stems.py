"""What is generated for a folder of descriptors, so that a run need not read them all, nor read TOML.

The index says with which words the commands of a descriptor can begin; ``parsed/`` has each descriptor as
JSON. ``python -m copylast.ecosystem.stems FOLDER`` writes both again after a descriptor has changed.
"""

from __future__ import annotations

import json
import os
import sys
import tomllib
from binascii import crc32

from copylast.ecosystem.descriptor import Ecosystem
from copylast.ecosystem.load import load
from copylast.ecosystem.registry import INDEX, PARSED, parsed_name

_SPECIAL = frozenset("[(.*+?{|^$)")


def stems(pattern: str) -> set[str]:
    """Literal beginnings, one of which every full match of ``pattern`` has; ``=word`` is a whole match.

    Knows the part of the syntax that program names use: letters, escapes, groups with ``|``, ``?``.
    At anything else a beginning ends; ``""`` means that nothing is known.
    """
    return {f"={text}" if whole else text for text, whole in _alternatives(pattern)}


def _alternatives(pattern: str) -> set[tuple[str, bool]]:
    out: set[tuple[str, bool]] = set()
    for part in _split(pattern):
        out |= _sequence(part)
    return out


def _split(pattern: str) -> list[str]:
    """The alternatives at the top level."""
    parts, depth, start, i = [""], 0, 0, 0
    while i < len(pattern):
        c = pattern[i]
        if c == "\\":
            i += 2
            continue
        if c == "[":
            i = _class_end(pattern, i)
            continue
        depth += (c == "(") - (c == ")")
        if c == "|" and not depth:
            parts[-1] = pattern[start:i]
            parts.append("")
            start = i + 1
        i += 1
    parts[-1] = pattern[start:]
    return parts


def _class_end(pattern: str, i: int) -> int:
    end = pattern.find("]", i + 2)
    return len(pattern) if end < 0 else end + 1


def _sequence(pattern: str) -> set[tuple[str, bool]]:
    """Beginnings of one alternative; the flag says that the text so far is the whole of it."""
    out = {("", True)}
    i = 0
    while i < len(pattern):
        c = pattern[i]
        if c == "\\" and i + 1 < len(pattern) and not pattern[i + 1].isalnum():
            unit, i = {(pattern[i + 1], True)}, i + 2
        elif c == "(" and not pattern.startswith("(?", i):
            end = _group_end(pattern, i)
            unit, i = _alternatives(pattern[i + 1 : end]), end + 1
        elif c in _SPECIAL or c == "\\":
            return {(text, False) for text, _ in out}
        else:
            unit, i = {(c, True)}, i + 1
        quantifier = pattern[i : i + 1]
        if quantifier == "?":
            unit, i = unit | {("", True)}, i + 1
        elif quantifier in ("*", "+", "{") and quantifier:
            return {(text, False) for text, _ in out}
        out = {
            (text + more, whole) if open_ else (text, False) for text, open_ in out for more, whole in unit
        }
    return out


def _group_end(pattern: str, i: int) -> int:
    """Where the parenthesis that opens at ``i`` is closed."""
    depth = 0
    while i < len(pattern):
        c = pattern[i]
        if c == "[":
            i = _class_end(pattern, i)
            continue
        depth += (c == "(") - (c == ")")
        if not depth:
            return i
        i += 2 if c == "\\" else 1
    return len(pattern)


def words_of(ecosystem: Ecosystem) -> list[str]:
    """The shortest beginnings that cover all programs of an ecosystem, sorted."""
    found: set[str] = set()
    for matcher in ecosystem.matchers:
        found |= stems(matcher.program.pattern)
    open_ = {s for s in found if not s.startswith("=")}
    return sorted(
        s for s in found if not any(s.lstrip("=").startswith(other) and s != other for other in open_)
    )


def build_index(folder: str) -> str:
    """The text of the index of ``folder``.

    A descriptor whose beginnings are not known is left out, and so always loaded.
    """
    rows: dict[str, list[str]] = {}
    for name in sorted(n for n in os.listdir(folder) if n.endswith(".toml")):
        with open(os.path.join(folder, name), encoding="utf-8") as f:
            words = words_of(load(f.read(), name))
        if "" not in words:
            rows[name] = words
    lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(words)}" for name, words in rows.items())
    return f"{{\n{lines}\n}}\n"


def parsed(text: str) -> str:
    """A descriptor as JSON, with the checksum of the TOML that it was made from."""
    content = {"crc": crc32(text.encode()), "toml": tomllib.loads(text)}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n"


def generate(folder: str) -> dict[str, str]:
    """The generated files of ``folder``, by path inside it."""
    out = {INDEX: build_index(folder)}
    for name in sorted(n for n in os.listdir(folder) if n.endswith(".toml")):
        with open(os.path.join(folder, name), encoding="utf-8") as f:
            out[parsed_name(name)] = parsed(f.read())
    return out


def _write(folder: str) -> None:
    made = generate(folder)
    kept = os.path.join(folder, PARSED)
    os.makedirs(kept, exist_ok=True)
    for name in os.listdir(kept):
        if f"{PARSED}/{name}" not in made:
            os.unlink(os.path.join(kept, name))
    for name, text in made.items():
        with open(os.path.join(folder, name), "w", encoding="utf-8") as out:
            out.write(text)


if __name__ == "__main__":
    for target in sys.argv[1:]:
        _write(target)
