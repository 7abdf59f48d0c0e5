"""Instructions to stages (BuildKit: ``instructions.Parse``)."""

from __future__ import annotations

from collections.abc import Sequence

from copylast.dockerfile.nodes import Instruction, Problem, Stage
from copylast.dockerfile.source import Source, Span


def gather(
    source: Source, instructions: Sequence[Instruction], problems: list[Problem]
) -> tuple[tuple[Instruction, ...], tuple[Stage, ...]]:
    """The ARGs above the first FROM, and the stages; what stands in no stage is a problem."""
    globals: list[Instruction] = []
    stages: list[Stage] = []
    first: Instruction | None = None
    current: list[Instruction] = []

    def close() -> None:
        if first is not None:
            stages.append(Stage(len(stages), stage_name(first), first, tuple(current)))
            current.clear()

    for instruction in instructions:
        if instruction.keyword == "FROM":
            close()
            first = instruction
        elif first is not None:
            current.append(instruction)
        elif instruction.keyword == "ARG":
            globals.append(instruction)
        else:
            shown = instruction.keyword or "this instruction"
            message = f"{shown} stands before the first FROM; only ARG may"
            problems.append(Problem(message, instruction.keyword_span))
    close()
    if not instructions:
        problems.append(Problem("the file has no instructions", Span(0, 0)))
    elif not stages:
        last = instructions[-1].span
        problems.append(Problem("the file has no FROM, so there is nothing to build", last))
    return tuple(globals), tuple(stages)


def stage_name(from_: Instruction) -> str | None:
    """The name behind AS, in lower case, if FROM has one."""
    words = from_.words
    if len(words) == 3 and words[1].text.lower() == "as":
        return words[2].text.lower()
    return None
