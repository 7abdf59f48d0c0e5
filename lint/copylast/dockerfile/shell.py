"""The shell inside a RUN: which commands run, where, and how surely.

The splitter works on the joined text of a RUN (or a heredoc body) and gives every word its place in
the Dockerfile. It understands POSIX shell well enough to say what is certain; what it cannot read
it calls opaque, and then nobody may conclude anything from it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from copylast.dockerfile.shell_grammar import Reader
from copylast.dockerfile.shell_nodes import Listing, Unreadable
from copylast.dockerfile.shell_options import SHELLS, shell_options
from copylast.dockerfile.shell_tree import (
    Certainty,
    Command,
    Guard,
    Item,
    Operator,
    Redirect,
    Script,
    ShellWord,
    argv_of,
)
from copylast.dockerfile.shell_walk import Walk
from copylast.regexes import lazy_regex

__all__ = [
    "Certainty",
    "Command",
    "Guard",
    "Item",
    "Operator",
    "Redirect",
    "Script",
    "ShellWord",
    "argv_of",
    "is_opaque_shell",
    "options_of_shell",
    "split",
    "split_script",
]

_SEPARATOR = lazy_regex(r"[/\\]")
_SHEBANG = lazy_regex(r"#![ \t]*([^\r\n]*)")
_NO_OPTIONS: frozenset[str] = frozenset()


def split(text: str, locate: Callable[[int], int], options: frozenset[str] = _NO_OPTIONS) -> Script:
    """Split shell text; ``locate`` maps an offset in ``text`` to an offset in the Dockerfile.

    ``options`` are those that the shell was started with, see :func:`options_of_shell`. The text
    of a RUN whose command reads heredocs (``RUN bash <<EOF``) is, as BuildKit hands it to the shell, the line
    followed by the heredocs with their terminators; without them it can be split just as well, but what a
    shell is given in them is then not listed.

    Never raises. Linear in the length of ``text``.
    """
    names: set[str] = set()
    reader = Reader(text, locate, 0, names)
    walk = Walk(names, options)
    reason: str | None = None
    try:
        listing = reader.read()
    except Unreadable as problem:
        reason = str(problem)
        listing = Listing(reader.top)
    except RecursionError:
        reason = "nested too deep"
        listing = Listing([])
    try:
        walk.top(listing, reader)
    except RecursionError:
        reason = "nested too deep"
    reason = reason or walk.opaque
    commands = walk.result()
    if reason is not None:
        commands = tuple(command._replace(certainty="unknown") for command in commands)
    return Script(
        commands,
        () if reason is not None else tuple(walk.items),
        reason,
        frozenset(walk.options),
        frozenset(names),
        frozenset(walk.assigned),
    )


def split_script(body: str, locate: Callable[[int], int], options: frozenset[str] = _NO_OPTIONS) -> Script:
    """Split the body of a heredoc that is a script of its own (``RUN <<EOF``).

    The program that a first line ``#!`` names must be a shell, else the script is opaque.
    """
    match = _SHEBANG.match(body)
    if match:
        words = match[1].split()
        reason = is_opaque_shell(words)
        if reason is not None:
            return Script((), (), reason, frozenset())
        options = options_of_shell(words)
    return split(body, locate, options)


def _program(word: str) -> str:
    """The name of a program, on Windows too."""
    return _SEPARATOR.split(word)[-1].lower().removesuffix(".exe")


def options_of_shell(shell_words: Sequence[str]) -> frozenset[str]:
    """The ``options`` for :func:`split` that a SHELL such as ``["bash", "-eo", "pipefail", "-c"]`` turns on."""
    for index, word in enumerate(shell_words):
        if _program(word) in SHELLS:
            return shell_options(shell_words[index:])[2]
    return _NO_OPTIONS


def is_opaque_shell(shell_words: Sequence[str]) -> str | None:
    """Why commands for this SHELL cannot be followed, None if it is a shell of the POSIX kind.

    A launcher in front (``env``, ``conda run -n x``) does not matter.
    """
    names = [_program(word) for word in shell_words]
    for name in names:
        if name in SHELLS:
            return None
        if name in ("powershell", "pwsh"):
            return "PowerShell is not followed"
        if name == "cmd":
            return "cmd is not followed"
    for name in names:
        if name and name != "env" and not name.startswith("-"):
            return f"{name} is not followed"
    return "no shell is named"
