"""What may be said of a Dockerfile of which BuildKit refuses a part."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable

from copylast.dockerfile.nodes import Dockerfile, Stage
from copylast.dockerfile.scope import Evaluation
from copylast.rule.diagnostic import Diagnostic


def of_sound_parts(dockerfile: Dockerfile, evaluation: Evaluation, found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The findings about steps for which it is no matter what was meant where the build stops.

    That is, a stage down to its first problem, if nothing is wrong with the stages that it stands on or copies from.
    Fixes are withheld: what would come of them cannot be held against a build.
    """
    parts = _sound_parts(dockerfile, evaluation)
    if not parts:
        return []
    line = dockerfile.source.position(dockerfile.problems[0].span.start).line
    reason = f"the file does not build as it is (line {line})"
    starts = [start for start, _ in parts]
    kept = (one for one in found if (at := bisect_right(starts, one.span.start)) and one.span.start < parts[at - 1][1])
    return [one._replace(fix=None, withheld=reason) for one in kept]


def _sound_parts(dockerfile: Dockerfile, evaluation: Evaluation) -> list[tuple[int, int]]:
    """From where to where each part goes, in the order of the file."""
    stages = dockerfile.stages
    # A file may have as many of them as stages: no stage looks at all.
    places = sorted(problem.span.start for problem in dockerfile.problems)
    if not stages or places[0] < stages[0].from_.span.start:
        return []  # a directive, or no FROM where it should be: that is all of the file
    ends = [*(stage.from_.span.start for stage in stages[1:]), len(dockerfile.source.text) + 1]
    whole: set[int] = set()
    parts: list[tuple[int, int]] = []
    for scope, end in zip(evaluation.stages, ends, strict=True):
        start = scope.stage.from_.span.start
        if not all(need in whole for need in scope.needs):
            continue
        at = bisect_left(places, start)
        if at == len(places) or places[at] >= end:
            whole.add(scope.stage.index)
            parts.append((start, end))
        else:
            parts.append((start, _before(scope.stage, places[at])))
    return parts


def _before(stage: Stage, place: int) -> int:
    """Where the instruction begins above the one at ``place``: that one may lack what the next line was meant to be."""
    above = [step.span.start for step in (stage.from_, *stage.instructions) if step.span.start <= place]
    return above[-2] if len(above) > 1 else stage.from_.span.start
