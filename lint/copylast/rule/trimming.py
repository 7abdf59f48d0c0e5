"""Taking words and commands out of a RUN."""

from __future__ import annotations

from collections.abc import Sequence

from copylast.dockerfile.source import Span
from copylast.layers.defeats import Defeat
from copylast.layers.model import LayerModel
from copylast.layers.steps import Step
from copylast.rule.diagnostic import Edit, Effect, Fix, Safety
from copylast.rule.refusal import Refused
from copylast.rule.reorder import Plan


def trim(model: LayerModel, step: Step, found: Sequence[Defeat], title: str) -> Plan:
    """A fix that takes away what keeps the cache mounts of a step empty. Raises :class:`Refused`."""
    source, instruction = model.dockerfile.source, step.instruction
    if instruction.json or instruction.heredocs and any(one.whole for one in found):
        raise Refused(7, "the step is a JSON array or a heredoc")
    spans: list[Span] = []
    for one in found:
        if one.words is None:
            raise Refused(9, one.why)
        if one.fact.command not in model.script(step).commands:
            raise Refused(7, f"`{one.said}` stands in a script")
        spans += [_command(model, step, one)] if one.whole else [_word(one, number) for number in _places(one)]
    spans.sort()
    comments = [comment.span for comment in instruction.comments]
    if any(comment.start < span.end and span.start < comment.end for comment in comments for span in spans):
        raise Refused(7, "a comment stands where the fix would cut")
    text, at = "", instruction.span.start
    for span in spans:
        text, at = text + source.text[at : span.start], span.end
    text += source.text[at : instruction.span.end]
    edits = tuple(Edit(source.path, span.start, span.end, "") for span in spans)
    return Plan(Fix(title, edits, Safety.SAFE, Effect(rewrites=((step.index, (text,)),), trims=(step.index,))), ())


def _places(one: Defeat) -> list[int]:
    return [number for number, word in enumerate(one.fact.command.words) if word in (one.words or ())]


def _word(one: Defeat, number: int) -> Span:
    words = one.fact.command.words
    return Span(words[number - 1].span.end, words[number].span.end)


def _command(model: LayerModel, step: Step, one: Defeat) -> Span:
    """From the end of the command before to the end of this one; of the first, to the start of the next."""
    items, at = model.script(step).items, one.fact.command.item
    if not items or not items[at].plain or any(item.operator not in ("&&", "") for item in items):
        raise Refused(7, f"`{one.said}` is joined with something else than `&&`")
    if len(items) == 1:
        raise Refused(7, f"`{one.said}` is all that the step does")
    if at == 0:
        return Span(items[0].span.start, items[1].span.start)
    return Span(items[at - 1].span.end, items[at].span.end)
