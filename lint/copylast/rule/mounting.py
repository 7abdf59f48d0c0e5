"""Giving RUNs cache mounts."""

from __future__ import annotations

from copylast.layers.model import LayerModel
from copylast.layers.unmounted import Gap
from copylast.regexes import lazy_regex
from copylast.rule.diagnostic import Edit, Effect, Fix, Safety
from copylast.rule.refusal import Refused
from copylast.rule.reorder import Plan

_OLD = lazy_regex(r"docker/dockerfile:1\.[01](\.[0-9]+)?(-.*)?\Z")


def mount_caches(model: LayerModel, gap: Gap, title: str) -> Plan:
    """A fix that gives the RUNs of a gap its mounts. Raises :class:`Refused`."""
    if gap.why is not None:
        raise Refused(9, gap.why)
    source = model.dockerfile.source
    syntax = model.dockerfile.directive("syntax")
    if syntax is not None and _OLD.match(syntax.value):
        raise Refused(9, f"{syntax.value} knows no mounts")
    edits: list[Edit] = []
    rewrites: list[tuple[int, tuple[str, ...]]] = []
    for step in gap.steps:
        instruction = step.instruction
        if instruction.json:
            raise Refused(7, f"line {step.line} is a JSON array")
        end = " " if instruction.heredocs else f" {model.dockerfile.escape}{source.newline}    "
        at = instruction.flags[0].span.start if instruction.flags else model.script(step).items[0].span.start
        text = "".join(f"--mount={mount}{end}" for mount in gap.mounts)
        if instruction.heredocs and not instruction.flags:
            at = instruction.words[0].span.start
        edits.append(Edit(source.path, at, at, text))
        span = instruction.span
        rewrites.append((step.index, (source.text[span.start : at] + text + source.text[at : span.end],)))
    effect = Effect(rewrites=tuple(rewrites), mounts=tuple(step.index for step in gap.steps))
    return Plan(Fix(title, tuple(edits), Safety.UNSAFE, effect), ("a mount leaves its empty directory in the image",))
