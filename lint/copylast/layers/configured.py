"""What commands above an install have told its tool, to be kept in the user's home."""

from __future__ import annotations

from copylast.dockerfile.shell import Command
from copylast.ecosystem.descriptor import Ecosystem
from copylast.layers.model import LayerModel
from copylast.layers.steps import Step

_HARMLESS = frozenset({"-n", "--no-interaction", "-q", "--quiet", "--no-ansi", "-g", "--global"})


def configured(model: LayerModel, step: Step, command: Command, ecosystem: Ecosystem) -> dict[str, str]:
    """The settings that the tool finds when it runs as ``command`` of ``step``: name -> value, the last one counts.

    Left out is what another user has set, and what is set under a condition or with an option that may keep it
    elsewhere.
    """
    found: dict[str, str] = {}
    for above in (*model.before(step), step):
        if above.keyword != "RUN" or above.user != step.user or ecosystem.config[0] not in above.instruction.rest:
            continue
        for one in model.script(above).commands:
            if above is step and one.item >= command.item:
                break
            if one.certainty != "certain" or any(word.value is None for word in one.words):
                continue
            for match in model.registry.candidates(one.argv):
                if match.ecosystem.id != ecosystem.id or match.subcommand != ecosystem.config:
                    continue
                if not _HARMLESS.issuperset(match.options):
                    continue
                if len(match.positional) == 2:
                    found[match.positional[0]] = match.positional[1]
    return found
