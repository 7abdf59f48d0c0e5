"""What our tree and the one of PyPI's ``dockerfile`` (BuildKit 0.12.5 itself) can be compared in."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from copylast.dockerfile.nodes import Dockerfile, Instruction
from copylast.dockerfile.syntax import KEYWORDS

# Newer BuildKit (and we, as the recorded verdicts say) forgets a word under way at a substitution in it, so that
# <<EOF${A:-b} opens nothing; other readers still see a heredoc.
FORGOTTEN = re.compile(r"<<.*\$\{\w+:")


class Read(NamedTuple):
    """One instruction, as far as readers say the same things of it."""

    keyword: str
    nested: str | None
    lines: tuple[int, int]
    flags: list[str]
    arguments: list[str]
    heredocs: list[tuple[str, int, str]]


def comparable(text: str) -> bool:
    """Whether PyPI's ``dockerfile`` is of an opinion that counts today.

    It is too old for check directives, indented ones, and white space behind a heredoc's ``<<``.
    """
    return not (
        "# check" in text
        or text.startswith(" ")
        or re.search("<<-?[ \t\r\\\\]", text)
        or FORGOTTEN.search(text)
    )


def same_today(tree: Dockerfile) -> bool:
    """Whether what both read is to be equal, see the reasons."""
    text = tree.source.text
    return not (
        # Its JSON arrays may have something behind them, as in [null]a; those of today may not.
        ("]" in text and any("]" in step.rest and not step.json for step in tree.instructions))
        # In flags it takes a backslash for the escape character, whatever the directive says.
        or (tree.escape != "\\" and "--" in text)
        # ONBUILD in an ONBUILD is a problem here at once; BuildKit's parser reads on.
        or any(step.nested and step.nested.keyword == "ONBUILD" for step in tree.instructions)
    )


def arguments(step: Instruction) -> list[str]:
    """The arguments as BuildKit's parser cuts them."""
    while step.nested is not None:
        step = step.nested
    if step.keyword not in KEYWORDS:
        return [""]
    if step.keyword in ("ENV", "LABEL"):
        return [part.text for pair in step.pairs for part in pair if part is not None]
    return [word.text for word in step.words]


def flags(step: Instruction) -> list[str]:
    """The flags as they are written, quotes taken away."""
    return [f"--{flag.name}" + ("" if flag.value is None else f"={flag.value}") for flag in step.flags]


def ours(tree: Dockerfile) -> list[Read]:
    """Our reading."""
    line = tree.source.position
    return [
        Read(
            step.keyword,
            step.nested.keyword if step.nested else None,
            (line(step.span.start).line, line(step.span.end).line),
            flags(step),
            arguments(step),
            # The heredocs of an ONBUILD are read, as the lines show, but not handed out.
            [(doc.name, doc.fd, doc.content) for doc in step.heredocs if step.nested is None],
        )
        for step in tree.instructions
    ]


def theirs(commands: Any) -> list[Read]:
    """The reading of PyPI's ``dockerfile``: what its ``parse_string`` gave."""
    return [
        Read(
            (command.cmd or "").upper(),
            command.sub_cmd.upper() if command.sub_cmd else None,
            (command.start_line, command.end_line),
            list(command.flags),
            list(command.value),
            [(doc.name, doc.file_descriptor, doc.content) for doc in command.heredocs],
        )
        for command in commands
    ]
