"""What a layer table says of a step in words: what it reads, and what runs it again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from copylast.output.text import count
from copylast.survey.rows import files, some
from copylast.survey.values import Read, Row

_LINES = 3
"""So many lines are named; of more only the topmost, on which all hangs."""

_PLATFORM = frozenset(
    start + end for start in ("TARGET", "BUILD") for end in ("PLATFORM", "OS", "ARCH", "VARIANT", "OSVERSION")
)


def notes(row: Row, bases: AbstractSet[int] = frozenset()) -> str:
    """One sentence; empty for what is only configuration. ``bases`` are the lines of the table's FROMs.

    That everything runs again with its base is said once, in the row of the base, and that an argument counts
    in the step itself, not once more by the steps above that it runs again.
    """
    again = list(_again(row, bases))
    said = [*_reads(row.reads)]
    if again:
        said.append("again " + " or ".join((*[", ".join(again[:-1])][: len(again) > 1], again[-1])))
    return "; ".join(said)


def _reads(reads: Sequence[Read]) -> Iterator[str]:
    missing = any(read.kind == "missing" for read in reads)
    for read in reads:
        if read.kind == "context" and not (missing and read.files == 0):
            yield "nobody knows which files" if read.files is None else _amount(read)
        elif read.kind == "missing":
            yield f"{read.name} is not in the context, so the build fails"
    doubts = [read.name for read in reads if read.kind == "any"]
    named = [read.name for read in reads if read.kind == "file"]
    if doubts:
        yield doubts[0] or "may read any file"
    elif named:
        yield f"reads only {files(named)}"


def _amount(read: Read) -> str:
    return f"{count(read.files or 0, 'file')}, {size(read.bytes or 0)}"


def size(number: int) -> str:
    """``312 B``, ``1.2 MB``."""
    value, unit = float(number), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if value < 999.5:
            break
        value, unit = value / 1000, larger
    return f"{value:.0f} {unit}" if unit == "B" or value >= 99.5 else f"{value:.1f} {unit}"


def _again(row: Row, bases: AbstractSet[int]) -> Iterator[str]:
    causes = row.invalidated_by
    own = [cause for cause in causes if cause.line == row.line]
    if row.kind == "base":
        if any(cause.kind == "image" for cause in own):
            yield "when its digest is edited" if "@sha256:" in row.instruction else "when the tag moves"
        arguments = [cause.name for cause in own if cause.kind == "argument"]
        if arguments:
            yield f"when ARG {some(arguments, 'or')} changes"
        return
    counts = [read.files for read in row.reads if read.kind == "context"]
    nothing = any(read.kind == "missing" for read in row.reads) and not any(counts)
    if any(cause.kind == "files" for cause in own) and not nothing:
        yield "when it changes" if counts == [1] and "*" not in row.instruction else "when one of them changes"
    outputs = [cause.name for cause in own if cause.kind == "output"]
    if outputs:
        # A COPY names them itself.
        yield f"when {some(outputs) if row.instruction.startswith('RUN') else 'that'} comes out different"
    if any(cause.kind == "address" for cause in own):
        yield "when what is there changes"
    arguments = [cause.name for cause in own if cause.kind == "argument"]
    platform = [name for name in arguments if name in _PLATFORM]
    if len(arguments) > len(platform):
        yield f"when ARG {some([name for name in arguments if name not in _PLATFORM], 'or')} changes"
    if platform:
        yield "for another platform"
    said = {(cause.kind, cause.name) for cause in own if cause.kind == "argument"}
    above = [c for c in causes if c.line not in (row.line, *bases) and (c.kind, c.name) not in said]
    lines = sorted({cause.line for cause in above if cause.kind not in ("image", "variable")})
    if lines:
        if len(lines) > _LINES:
            yield f"after line {lines[0]} or any of {len(lines) - 1} more"
        else:
            yield f"after line {some([str(line) for line in lines], 'or')}"
    elif causes and all(cause.kind == "variable" for cause in own):
        yield "only with the base"
