"""Moving instructions that only write the image's settings below all steps of their stage."""

from __future__ import annotations

from collections.abc import Sequence

from copylast.layers.model import LayerModel
from copylast.layers.steps import Step
from copylast.rule.diagnostic import Effect, Fix, Safety
from copylast.rule.late_setting import lowered, names_set
from copylast.rule.refusal import Refused
from copylast.rule.reorder import Plan

_FILES = frozenset({"RUN", "COPY", "ADD", "WORKDIR"})
_SHELL = frozenset({"CMD", "ENTRYPOINT", "HEALTHCHECK"})


def metadata_above(model: LayerModel, stage: int, keywords: frozenset[str]) -> tuple[Step, ...]:
    """The instructions with one of ``keywords`` above the last step of the stage that makes files."""
    steps = model.stages[stage].steps
    last = max((step.index for step in steps if step.keyword in _FILES), default=0)
    return tuple(step for step in steps if step.keyword in keywords and step.index < last)


def lower_metadata(model: LayerModel, steps: Sequence[Step], title: str) -> Plan:
    """Put ``steps``, which :func:`metadata_above` gave, below the last step of the stage. Raises :class:`Refused`."""
    stage = model.stages[steps[0].stage]
    last = max(step.index for step in stage.steps if step.keyword in _FILES)
    for step in steps:
        for other in stage.steps:
            if not step.index < other.index < last:
                continue
            again = sorted(names_set(other) & model.names(step))
            if again:
                raise Refused(7, f"line {step.line} uses {again[0]}, which line {other.line} sets anew")
            if other.keyword == "SHELL" and step.keyword in _SHELL and not step.instruction.json:
                raise Refused(7, f"line {other.line} sets another shell than the one of line {step.line}")
    edits = lowered(model.dockerfile.source, stage, dict.fromkeys(steps))
    effect = Effect(moves=tuple(step.index for step in steps))
    return Plan(Fix(title, tuple(edits), Safety.SAFE, effect), ())
