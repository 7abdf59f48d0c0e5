"""What CPL201 and CPL202 share: arguments that are new at each build, above steps that do not use them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from copylast import (
    Caller,
    Diagnostic,
    Facts,
    Label,
    LayerModel,
    NamedTuple,
    Rule,
    Severity,
    Step,
    View,
    Way,
    command_name,
    kind_of,
    lower_settings,
    offer,
    read_by_tools,
    way_down,
)
from copylast_rules.order.free_steps import is_tool


class Early(NamedTuple):
    """An ARG above a step that costs something and does not use it.

    ``carrier`` is the instruction that puts the value into the step's environment: the ARG, or an ENV that takes it.
    """

    way: Way
    caller: Caller
    carrier: Step
    costly: Step
    tool: Facts


_PREDEFINED = ("TARGET", "BUILDPLATFORM", "BUILDOS", "BUILDARCH", "BUILDVARIANT")


def findings(view: View, rule: Rule, keyword: str) -> Iterator[Diagnostic]:
    """One finding for each costly step below arguments that ``keyword`` (ARG or ENV) brings into its environment."""
    groups: dict[int, list[Early]] = {}
    for early in view.layers.shared(early_arguments):
        if early.carrier.keyword == keyword:
            groups.setdefault(early.costly.index, []).append(early)
    for group in groups.values():
        yield _diagnostic(view, rule, group)


def early_arguments(model: LayerModel) -> tuple[Early, ...]:
    """All of them; declarations of builds are read only where a step would gain."""
    perhaps: list[tuple[Way, Step, Facts]] = []
    for stage in model.stages:
        if stage.index not in model.reachable():
            continue
        for step in stage.steps:
            for pair in step.instruction.pairs if step.keyword == "ARG" else ():
                name = pair.name.text
                if not name.startswith(_PREDEFINED) and not read_by_tools(name):
                    way = way_down(model, step, name)
                    gain = next(((s, tool) for s in way.crossed if (tool := costly(model, s)) is not None), None)
                    if gain is not None:
                        perhaps.append((way, *gain))
    callers = model.context.callers() if perhaps and model.context is not None else ()
    found: list[Early] = []
    for way, step, tool in perhaps:
        caller = _caller(model, callers, way)
        if caller is not None:
            takers = [taker for taker in way.takers if taker.keyword == "ENV" and taker.index < step.index]
            found.append(Early(way, caller, takers[0] if takers else way.start, step, tool))
    return tuple(found)


def costly(model: LayerModel, step: Step) -> Facts | None:
    """The first command of a RUN that installs or downloads packages; None if there is none."""
    for fact in model.facts(step):
        installs = fact.role == "install" and fact.closure is not None and fact.closure.idle is None
        if (installs or is_tool(fact)) and kind_of((fact,)) != "run":
            return fact
    return None


def _caller(model: LayerModel, callers: Sequence[Caller], way: Way) -> Caller | None:
    """Who passes the argument another value each time, to a build that needs the stage."""
    stages = model.stages
    for caller in callers:
        if caller.name != way.names[0]:
            continue
        target = next((s.index for s in stages if caller.target in (s.name, str(s.index))), len(stages) - 1)
        if way.start.stage in model.evaluation.reachable(target):
            return caller
    return None


def _diagnostic(view: View, rule: Rule, group: Sequence[Early]) -> Diagnostic:
    first = group[0]
    names = _listed([_carried(early) for early in group])
    tool = command_name(first.tool)
    ways = [early.way for early in group]
    fix, withheld = offer(lambda: lower_settings(view.layers, ways, f"Set {names} below `{tool}`"))
    others = [early for early in group if early.way.start is not first.carrier]
    return Diagnostic(
        rule.code,
        rule.name,
        f"`{tool}` runs again for every new {names}, which it does not use",
        first.carrier.instruction.span,
        Severity.WARNING,
        label=_said(first),
        labels=(
            *(Label(early.way.start.instruction.span, _said(early)) for early in others),
            Label(first.tool.command.span, "runs again with it"),
        ),
        help="set it below the step",
        fix=fix,
        withheld=withheld,
    )


def _carried(early: Early) -> str:
    """The name under which the value is in the step's environment."""
    if early.carrier is early.way.start:
        return early.way.names[0]
    own = [pair.name.text for pair in early.carrier.instruction.pairs]
    return next((name for name in early.way.names if name in own), early.way.names[0])


def _said(early: Early) -> str:
    return f"gets {early.caller.changes}, says {early.caller.where}"


def _listed(names: Sequence[str]) -> str:
    names = list(dict.fromkeys(names))
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
