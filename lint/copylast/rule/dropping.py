"""Taking instructions away, with the comments directly above them."""

from __future__ import annotations

from collections.abc import Sequence

from copylast.dockerfile.source import Span
from copylast.layers.model import LayerModel
from copylast.layers.steps import Step
from copylast.rule.blocks import block, removal
from copylast.rule.diagnostic import Edit, Effect, Fix, Safety
from copylast.rule.late_setting import names_set


def drop_settings(model: LayerModel, steps: Sequence[Step], title: str, safety: Safety) -> Fix:
    """A fix that takes the ENVs and ARGs ``steps``, in the order of the file, away."""
    source = model.dockerfile.source
    gone: list[Span] = []
    for step in steps:
        where = block(source, step.instruction)
        if gone and not source.text[gone[-1].end : where.start].strip():
            gone[-1] = Span(gone[-1].start, where.end)
        else:
            gone.append(where)
    edits = tuple(Edit(source.path, span.start, span.end, "") for span in (removal(source, where) for where in gone))
    comments = any(step.instruction.leading or step.instruction.comments for step in steps)
    names = tuple(dict.fromkeys(name for step in steps for name in sorted(names_set(step))))
    effect = Effect(removes=tuple(step.index for step in steps), later=names, drops_comments=comments)
    return Fix(title, edits, safety, effect)
