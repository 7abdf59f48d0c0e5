"""What CPL201 and CPL202 share: arguments that are new at each build, above steps that do not use them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

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
    names_set,
    offer,
    read_by_tools,
    reading,
    says,
    way_down,
)
from copylast_rules.order.free_steps import is_system, is_tool
from copylast_rules.order.undivided import undivided_builds


class Early(NamedTuple):
    """An ARG above a step that costs something and does not use it.

    ``carrier`` is the instruction that puts the value into the step's environment: the ARG, or an ENV that takes it.
    ``hindrance`` says why it cannot sink below the step as the file is; ``within`` is True where another command of
    the same step uses it.
    """

    way: Way
    caller: Caller
    carrier: Step
    costly: Step
    tool: Facts
    hindrance: str | None = None
    within: bool = False


class _Gain(NamedTuple):
    """A step that would gain if an ARG stood below it."""

    way: Way
    step: Step
    tool: Facts
    hindrance: str | None = None
    within: bool = False


_CHEAP = frozenset({"venv", "virtualenv", "corepack enable", "corepack disable"})
"""Commands that make or switch on something and download nothing for it."""
MOST = 100
"""Arguments of a file that are looked at: each is followed down its stage, so all of them would cost their square."""
PREDEFINED = ("BUILDKIT_", "TARGET", "BUILDPLATFORM", "BUILDOS", "BUILDARCH", "BUILDVARIANT")


def findings(view: View, rule: Rule, keyword: str) -> Iterator[Diagnostic]:
    """One finding for each costly step below arguments that ``keyword`` (ARG or ENV) brings into its environment."""
    groups: dict[tuple[int, int, bool], list[Early]] = {}
    for early in view.layers.shared(early_arguments):
        if early.carrier.keyword == keyword:
            groups.setdefault((early.costly.index, early.way.start.stage, early.within), []).append(early)
    for group in groups.values():
        yield _diagnostic(view, rule, group)


def early_arguments(model: LayerModel) -> tuple[Early, ...]:
    """All of them; declarations of builds are read only where a step would gain."""
    gains: list[_Gain] = []
    for step, name in islice(_declared(model), MOST):
        way = way_down(model, step, name)
        gain = _crossed(model, way) or _inherited(model, way) or _within(model, way)
        gains += [gain] if gain is not None else []
    callers = model.context.callers() if gains and model.context is not None else ()
    found: list[Early] = []
    for way, step, tool, hindrance, within in gains:
        caller = _caller(model, callers, way)
        if caller is not None:
            takers = [taker for taker in way.takers if taker.keyword == "ENV" and taker.index < step.index]
            found.append(Early(way, caller, takers[0] if takers else way.start, step, tool, hindrance, within))
    return tuple(found)


def _declared(model: LayerModel) -> Iterator[tuple[Step, str]]:
    for stage in model.stages:
        for step in stage.steps if stage.index in model.reachable() else ():
            for pair in step.instruction.pairs if step.keyword == "ARG" else ():
                name = pair.name.text
                if not name.startswith(PREDEFINED) and not read_by_tools(name):
                    yield step, name


def _crossed(model: LayerModel, way: Way) -> _Gain | None:
    for step in way.crossed:
        tool = costly(model.facts(step))
        if tool is not None:
            return _Gain(way, step, tool)
    return None


def _inherited(model: LayerModel, way: Way) -> _Gain | None:
    """A step of a stage that continues this one; it has the variables of this one from its first line on."""
    for stage in model.stages if way.stop is None else ():
        if stage.parent == way.start.stage and stage.index in model.reachable():
            for step in stage.steps:
                if step.keyword == "RUN":
                    if any(reading(model, step, name) for name in way.names):
                        break
                    tool = costly(model.facts(step))
                    if tool is not None:
                        line = model.dockerfile.stages[stage.index].from_.line_number
                        why = f"the stage of line {line} inherits it: declare it there, below it"
                        return _Gain(way, step, tool, why)
                elif not names_set(step).isdisjoint(way.names) or any(says(step, name) for name in way.names):
                    break
    return None


def _within(model: LayerModel, way: Way) -> _Gain | None:
    """A step that uses the variable in one command, and installs or downloads packages in another one before it."""
    step = way.stop
    if step is None or step.keyword != "RUN" or way.reading is None or way.reading.how != "says":
        return None
    name = way.names[0]
    source = model.dockerfile.source
    before: list[Facts] = []
    for fact in model.facts(step):
        text = source.slice(fact.command.span)
        if any(one in text for one in way.names):
            break
        before.append(fact)
    tool = costly(before)
    if tool is not None:
        why = f"line {step.line} uses {name} too: `{command_name(tool)}` has to be a step of its own first"
        return _Gain(way, step, tool, why, True)
    view = View(model.dockerfile, model, model.context, None)
    for build in undivided_builds(view):
        if build.step is step:
            why = f"line {step.line} uses {name}: the downloads have to be a step of their own first"
            return _Gain(way, step, build.build, why, True)
    return None


def costly(facts: Sequence[Facts]) -> Facts | None:
    """The first command that installs what manifests name, else the first that installs packages; None without one."""
    first: Facts | None = None
    for fact in facts:
        installs = fact.role == "install" and fact.closure is not None and fact.closure.idle is None
        dear = kind_of((fact,)) != "run" and command_name(fact) not in _CHEAP
        if dear and (installs or is_tool(fact) or _open_tool(fact)):
            if installs:
                return fact
            first = first or fact
    return first


def _open_tool(fact: Facts) -> bool:
    """A tool of the system whose packages a variable names: ``apt-get install nodejs=$NODE_VERSION``."""
    return fact.role == "open" and is_system(fact) and is_tool(fact._replace(role="free"))


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
    names = listed([_carried(early) for early in group])
    tool = command_name(first.tool)
    ways = [early.way for early in group]
    if first.hindrance is None:
        fix, withheld = offer(lambda: lower_settings(view.layers, ways, f"Set {names} below `{tool}`"))
    else:
        fix, withheld = None, first.hindrance
    downloads = first.tool.role == "build"
    runs, whose = ("downloads again", "the downloads do") if downloads else ("runs again", "it does")
    others = [early for early in group if early.way.start is not first.carrier]
    return Diagnostic(
        rule.code,
        rule.name,
        f"`{tool}` {runs} for every new {names}, which {whose} not use",
        first.carrier.instruction.span,
        Severity.INFO if first.within else Severity.WARNING,
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


def listed(names: Sequence[str]) -> str:
    """``A, B and C``; each name once."""
    names = list(dict.fromkeys(names))
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
