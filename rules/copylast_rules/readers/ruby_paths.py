"""Paths that a Ruby program builds from plain text: ``File.expand_path("../VERSION", __FILE__)``.

Source: https://docs.ruby-lang.org/en/master/File.html
"""

from __future__ import annotations

from collections.abc import Sequence

from copylast_rules.readers.code_tokens import Token
from copylast_rules.readers.places import join, parent

READING = frozenset({"read", "readlines", "foreach", "open", "binread"})
ASKING = frozenset({"exist?", "file?", "readable?"})
PURE = frozenset({"basename", "dirname", "extname", "join", "expand_path", "realpath"})


def path_at(tokens: Sequence[Token], at: int, file: str, cwd: str) -> tuple[str | None, int]:
    """The path that an expression is, and the index behind it; None if it is not plain.

    ``tokens[at]`` is its first word; ``file`` is the file that holds it, ``cwd`` where the program runs.
    """
    if at >= len(tokens):
        return None, at
    token = tokens[at]
    if token.kind == "text":
        return (token.value if token.plain else None), at + 1
    if token.value == "__FILE__":
        return file, at + 1
    if token.value == "__dir__":
        return parent(file), at + 1
    if token.value != "File" or [t.value for t in tokens[at + 1 : at + 2]] != ["."]:
        return None, at + 1
    method = tokens[at + 2].value if at + 2 < len(tokens) else ""
    arguments, end = arguments_at(tokens, at + 3, file, cwd)
    if not arguments or any(a is None for a in arguments):
        return None, end
    known = [a for a in arguments if a is not None]
    if method == "join":
        return known[0] + "".join("/" + part.strip("/") for part in known[1:]), end
    if method in ("expand_path", "realpath"):
        return join(join(cwd, known[1]) if len(known) > 1 else cwd, known[0]), end
    if method == "dirname":
        return (parent(known[0]) if "/" in known[0] else "."), end
    return None, end


def arguments_at(tokens: Sequence[Token], at: int, file: str, cwd: str) -> tuple[list[str | None], int]:
    """The paths that are the arguments of a call, in parentheses or without; None for those that are not plain."""
    closed = at < len(tokens) and tokens[at].value == "(" and tokens[at].kind == "mark"
    at += closed
    found: list[str | None] = []
    while True:
        path, at = path_at(tokens, at, file, cwd)
        found.append(path)
        while at < len(tokens) and tokens[at].kind == "mark" and tokens[at].value == "\n" and closed:
            at += 1
        if at >= len(tokens) or tokens[at].value != ",":
            break
        at += 1
    if closed:
        if at < len(tokens) and tokens[at].value == ")":
            return found, at + 1
        return [None], at
    return found, at
