"""Fetching the lists of packages in the step that installs from them, not in one above it."""

from __future__ import annotations

from collections.abc import Sequence

from copylast.dockerfile.environment import Binding
from copylast.dockerfile.source import Source
from copylast.ecosystem.descriptor import PackageLists
from copylast.layers.commands import Facts
from copylast.layers.lists import fetches, stirs
from copylast.layers.model import LayerModel
from copylast.layers.steps import Step
from copylast.rule.blocks import block, line_start, removal
from copylast.rule.diagnostic import Edit, Effect, Fix, Safety
from copylast.rule.refusal import Refused
from copylast.rule.reorder import Plan


def join_fetch(
    model: LayerModel, step: Step, fetch: Facts, lists: PackageLists, installs: Sequence[Step], title: str
) -> Plan:
    """A fix that puts the command ``fetch`` of ``step``, which fetches lists, in front of each of ``installs``.

    The step that it stands in goes if it does nothing else. Raises :class:`Refused`.
    """
    text = model.dockerfile.source
    if not fetches(fetch):
        program = fetch.command.argv[0]
        raise Refused(7, f"`{program}` on line {step.line} does more than fetch the lists")
    facts = model.facts(step)
    alone = all(fetches(fact) for fact in facts)
    if alone and len(facts) > 1:
        raise Refused(7, "the step fetches the lists more than once")
    command = text.slice(fetch.command.span)
    if "\n" in command or fetch.command.ignored or fetch.command.group:
        raise Refused(7, f"`{fetch.command.argv[0]}` on line {step.line} is not a plain command of one line")
    if any(one.target.value != "/dev/null" and not one.operator.endswith("&") for one in fetch.command.redirects):
        raise Refused(7, f"`{fetch.command.argv[0]}` on line {step.line} writes to a file")
    for install in installs:
        _check(model, step, install, lists)
        _check_variables(model, step, fetch, install)
    edits: list[Edit] = []
    rewrites: list[tuple[int, tuple[str, ...]]] = []
    for install in installs:
        at, span = model.script(install).items[0].span.start, install.instruction.span
        edits.append(Edit(text.path, at, at, f"{command} && "))
        rewrites.append((install.index, (f"{text.text[span.start : at]}{command} && {text.text[at : span.end]}",)))
    if alone:
        edits = [*_moved(model, step, installs[0]), *edits]
    joins = tuple((step.index, install.index) for install in installs)
    effect = Effect(removes=(step.index,) if alone else (), rewrites=tuple(rewrites), joins=joins)
    return Plan(Fix(title, tuple(edits), Safety.SAFE, effect), ())


def _check(model: LayerModel, step: Step, install: Step, lists: PackageLists) -> None:
    instruction, script, text = install.instruction, model.script(install), model.dockerfile.source
    if instruction.json:
        raise Refused(7, f"line {install.line} is a JSON array, with no shell to join two commands")
    if instruction.heredocs:
        raise Refused(7, f"line {install.line} is a heredoc: put the command into it")
    if script.opaque is not None or not script.items:
        raise Refused(7, f"the commands of line {install.line} cannot be followed")
    if any(item.operator not in ("&&", "") for item in script.items):
        raise Refused(7, f"line {install.line} joins its commands with something else than `&&`")
    if any(command.guards for command in script.commands):
        raise Refused(7, f"line {install.line} asks a question first: put the command behind it")
    if [text.slice(f.span) for f in instruction.flags] != [text.slice(f.span) for f in step.instruction.flags]:
        raise Refused(7, f"lines {step.line} and {install.line} have other flags")
    if install.user != step.user:
        raise Refused(7, f"lines {step.line} and {install.line} run as different users")
    if install.shell != step.shell:
        raise Refused(7, f"lines {step.line} and {install.line} run in different shells")
    between = (one for one in model.before(install) if one.index > step.index)
    stirring = next((one for one in between if stirs(model, one, lists)), None)
    if stirring is not None:
        raise Refused(7, f"line {stirring.line} may change which packages there are")


def _check_variables(model: LayerModel, step: Step, fetch: Facts, install: Step) -> None:
    """A variable may be set anew in between, and what the shell sets is gone after its step."""
    command = fetch.command
    words = (*command.words, *(word for _, word in command.environment))
    if any(word.value is None for word in words):
        raise Refused(7, f"what `{command.argv[0]}` on line {step.line} is given is known only to its shell")
    names = sorted(name for word in words for name in word.names)
    if not names:
        return
    there, here = ({one.name: one for one in model.variables(at)} for at in (step, install))
    other = next((name for name in names if name not in there or not _same(there[name], here.get(name))), None)
    if other is not None:
        raise Refused(7, f"line {step.line} uses {other}, which may be something else on line {install.line}")


def _same(one: Binding, other: Binding | None) -> bool:
    return other is not None and one.value is not None and one.value == other.value


def _moved(model: LayerModel, step: Step, install: Step) -> list[Edit]:
    """The step taken away, its comments put above the install that comes first."""
    if step.stage != install.stage:
        raise Refused(7, "the install is in another stage, and others may need the lists")
    for between in model.stages[step.stage].steps:
        if step.index < between.index < install.index and between.keyword == "RUN":
            if any(fact.match is not None and fact.match.ecosystem.system for fact in model.facts(between)):
                raise Refused(7, f"line {between.line} may need the lists")
    if step.instruction.comments:
        raise Refused(7, f"line {step.line} has comments inside")
    text = model.dockerfile.source
    gone = removal(text, block(text, step.instruction))
    edits = [Edit(text.path, gone.start, gone.end, "")]
    if step.instruction.leading:
        edits.append(Edit(text.path, *_above(text, install), _comments(text, step)))
    return edits


def _above(text: Source, install: Step) -> tuple[int, int]:
    start = line_start(text, block(text, install.instruction).start)
    return start, start


def _comments(text: Source, step: Step) -> str:
    return "".join(f"{text.slice(comment.span)}{text.newline}" for comment in step.instruction.leading)
