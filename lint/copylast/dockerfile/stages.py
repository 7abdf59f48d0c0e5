"""Instructions to stages (BuildKit: ``instructions.Parse``)."""

from __future__ import annotations

from collections.abc import Sequence

from copylast.dockerfile.expand import UNKNOWN, ExpansionError, Lookup, Unknown, expand
from copylast.dockerfile.graph import StageNames
from copylast.dockerfile.mounts import mount_sources
from copylast.dockerfile.nodes import Instruction, Problem, Stage
from copylast.dockerfile.source import Source, Span

_SPECIAL = frozenset("'\"\\`")


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
    _check_references(stages, problems)
    _check_bases(globals, stages, problems)
    return tuple(globals), tuple(stages)


def _check_references(stages: Sequence[Stage], problems: list[Problem]) -> None:
    """A stage can copy and mount only from the stages above it."""
    names = StageNames(stages, ())
    for stage in stages:
        for step in stage.instructions:
            if step.flags and step.keyword == "COPY":
                flag = step.flag("from")
                if flag is not None and flag.value:
                    found = names.copy_source(flag.value)
                    if found.kind == "missing":
                        problems.append(Problem(f"there is no stage number {flag.value}", flag.span))
                    elif found.stage is not None and found.stage >= stage.index:
                        problems.append(Problem(_late(flag.value, found.stage == stage.index), flag.span))
            elif step.flags and step.keyword == "RUN":
                for name, flag in mount_sources(step):
                    found = names.mount_source(name)
                    if found.stage is not None and found.stage >= stage.index:
                        problems.append(Problem(_late(name, found.stage == stage.index), flag.span))


def _check_bases(globals: Sequence[Instruction], stages: Sequence[Stage], problems: list[Problem]) -> None:
    """A stage begins with a stage above it, or with an image, whose name is one."""
    from copylast.dockerfile.images import image_problem

    declared = {pair.name.text for instruction in globals for pair in instruction.pairs}
    above: set[str] = set()

    def lookup(name: str) -> Unknown | None:
        return UNKNOWN if name in declared or name.startswith(("BUILD", "TARGET")) else None

    for stage in stages:
        word = stage.from_.words[0] if stage.from_.words else None
        if word is not None and _SPECIAL.isdisjoint(word.text):
            message = None
            if "$" in word.text:
                message = _undeclared(word.text, lookup)
            elif word.text not in above:
                message = image_problem(word.text)
            if message is not None:
                problems.append(Problem(message, word.span))
        if stage.name is not None:
            above.add(stage.name)


def _undeclared(word: str, lookup: Lookup) -> str | None:
    """What is wrong with a base that hangs on variables that are nowhere declared: it is empty for certain."""
    try:
        found = expand(word, lookup)
    except ExpansionError:
        return None  # said where the words are checked
    if found.text or found.unknown:
        return None
    names = " and ".join(sorted(found.unset)) or word
    return f"{word} is empty: no ARG above the first FROM declares {names}"


def _late(name: str, same: bool) -> str:
    where = "this very stage" if same else "a stage further down"
    return f"{name} is {where}; only a stage above can be used here"


def stage_name(from_: Instruction) -> str | None:
    """The name behind AS, in lower case, if FROM has one."""
    words = from_.words
    if len(words) == 3 and words[1].text.lower() == "as":
        return words[2].text.lower()
    return None
