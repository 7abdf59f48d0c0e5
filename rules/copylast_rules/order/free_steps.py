"""What CPL102 and CPL107 share: steps that read nothing of the project, below a COPY."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from copylast import (
    Diagnostic,
    Earlier,
    Facts,
    Head,
    Label,
    LayerModel,
    NamedTuple,
    Plan,
    Refused,
    Rule,
    Safety,
    Severity,
    Step,
    View,
    command_name,
    earlier_copies,
    lower_source,
    offer,
    only_removes,
    run_head,
    settled_names,
)


class _Found(NamedTuple):
    """A step with commands that read nothing of the project, and what was copied above it."""

    step: Step
    tool: Facts
    copies: tuple[Earlier, ...]
    guilty: Earlier


_PREPARES = frozenset({"update", "makecache", "clean", "refresh", "--add-architecture", "adv", "add"})
"""Subcommands of system package managers that, without a package's name, install nothing."""


def is_tool(fact: Facts) -> bool:
    """True for a command that installs or downloads what its own words name."""
    match = fact.match
    if fact.role != "free" or match is None or match.kind != "tool":
        return False
    return not is_system(fact) or bool(match.positional) or not _PREPARES & set(match.subcommand)


def is_system(fact: Facts) -> bool:
    """True for a command of a package manager of the operating system that works on packages or their lists."""
    return fact.match is not None and fact.match.ecosystem.system


def findings(view: View, rule: Rule, wanted: Callable[[Sequence[Facts]], Facts | None]) -> Iterator[Diagnostic]:
    """One finding for each COPY below which a step has a command that ``wanted`` picks from its tools.

    ``wanted`` gets all tools of the step, and of the steps that may move with it.
    """
    model = view.layers
    settled: tuple[str, ...] | None = None
    for index in model.shared(_stages_with_tools):
        stage = model.stages[index]
        reported: set[int] = set()
        for block in _blocks(model, stage.steps):
            tools = [fact for step in block for fact in _before_installs(model.facts(step)) if _pays(model, step, fact)]
            tool = wanted(tools)
            step = next((s for s in block if any(fact is tool for fact in model.facts(s))), None)
            if tool is None or step is None:
                continue
            settled = settled if settled is not None else settled_names(model)
            found = _look(model, step, tool, settled)
            if found is not None and found.guilty.step.index not in reported:
                reported.add(found.guilty.step.index)
                yield _diagnostic(view, rule, found, block)


def _stages_with_tools(model: LayerModel) -> list[int]:
    """Indexes of the stages of the build with a command of the kind; most have none, and what follows asks more."""
    return [
        stage.index
        for stage in model.stages
        if stage.index in model.reachable()
        and any(is_tool(fact) for step in stage.steps if step.keyword == "RUN" for fact in model.facts(step))
    ]


def _blocks(model: LayerModel, steps: Sequence[Step]) -> Iterator[list[Step]]:
    """The RUNs that follow one another and read nothing; one that is not wholly so ends its block."""
    block: list[Step] = []
    for step in steps:
        if step.keyword == "RUN":
            block.append(step)
        if block and (step.keyword != "RUN" or not _free(model, step)):
            yield block
            block = []
    if block:
        yield block


def _pays(model: LayerModel, step: Step, fact: Facts) -> bool:
    """True for a tool whose work would be in the step's layer."""
    if not is_tool(fact) or is_system(fact):
        return is_tool(fact)
    from copylast_rules.order.tool_needs import fills_a_mount

    return not fills_a_mount(model, step, fact)


def _installs(fact: Facts) -> bool:
    return fact.match is not None and fact.match.kind in ("deps", "fetch")


def _before_installs(facts: Sequence[Facts]) -> Sequence[Facts]:
    """The commands up to the first that installs what manifests name."""
    return facts[: next((number for number, fact in enumerate(facts) if _installs(fact)), len(facts))]


def _goes_on(facts: Sequence[Facts], tool: Facts) -> bool:
    """True if the first install of what manifests name is by the manager of ``tool`` itself."""
    first = next((fact.match for fact in facts if _installs(fact)), None)
    return first is not None and tool.match is not None and first.ecosystem.id == tool.match.ecosystem.id


def _free(model: LayerModel, step: Step) -> bool:
    return all(fact.role in ("free", "carry") for fact in model.facts(step))


def _look(model: LayerModel, step: Step, tool: Facts, settled: tuple[str, ...]) -> _Found | None:
    """The COPY that the step should not stand below; None if there is none."""
    facts = model.facts(step)
    mixed = any(_installs(fact) for fact in facts)
    last = max(fact.command.item for fact in _before_installs(facts) if is_tool(fact))
    copies = earlier_copies(model, step, [f for f in facts if f.command.item <= last], settled)
    volatile = [c for c in copies if not c.steering and not c.settled]
    if mixed and (volatile or _goes_on(facts, tool)):
        # The rules on installs speak of the step; and `pip install --upgrade pip` belongs to what follows.
        return None
    if volatile:
        return _Found(step, tool, copies, volatile[0])
    # What stands below an install of the project stands below its manifests, too.
    near = _directly_above(model, step)
    quiet = [c for c in copies if not c.steering and c.step.index in near]
    return _Found(step, tool, copies, quiet[0]) if quiet else None


def _directly_above(model: LayerModel, step: Step) -> set[int]:
    """Indexes of the COPYs of the stage between which and ``step`` only steps stand that read nothing."""
    found: set[int] = set()
    for other in reversed([s for s in model.stages[step.stage].steps if s.index < step.index]):
        if other.keyword == "RUN" and not _free(model, other) and not only_removes(model, other):
            break
        if other.copy is not None:
            found.add(other.index)
    return found


def _diagnostic(view: View, rule: Rule, found: _Found, block: Sequence[Step]) -> Diagnostic:
    fix, withheld = offer(lambda: _plan(view, found, block))
    settled = found.guilty.settled
    edit = "change of a manifest" if settled else "source edit"
    return Diagnostic(
        rule.code,
        rule.name,
        f"`{command_name(found.tool)}` runs again after every {edit}",
        found.guilty.step.instruction.span,
        Severity.INFO if settled else rule.severity,
        label="brings manifests only" if settled else "every change of what it brings makes the steps below run",
        labels=(Label(found.tool.command.span, "runs again with it, but reads nothing of the project"),),
        help="put the step above the COPY",
        fix=fix,
        withheld=withheld,
    )


def _plan(view: View, found: _Found, block: Sequence[Step]) -> Plan:
    model = view.layers
    if view.context is None:
        raise Refused(4, "there is no build context to look into")
    near = _directly_above(model, found.step)
    candidates = [c for c in found.copies if not c.steering]
    title = f"Run `{command_name(found.tool)}` before copying"
    if all(c.step.stage != found.step.stage for c in candidates):
        steps = [c.step for c in candidates]
        head = _head(model, found.step)
        doubts = _doubts(model, found.step, head, steps)
        from copylast import split_parent

        plan = split_parent(model, found.step, steps, head.reads.needs, head, title, certain=view.context_certain)
        return _with(plan, doubts)
    lowered = [c.step for c in candidates if c.step.index in near]
    far = [c for c in candidates if c.step.index not in near and (not c.settled or c is found.guilty)]
    if far:
        raise Refused(7, _between(model, found.step, far[-1].step))
    last = _last(model, found.step, block)
    head = _head(model, last)
    between = [s for s in model.stages[last.stage].steps if lowered[0].index < s.index < last.index]
    _refuse_readers(model, between, lowered)
    lowered += [s for s in between if s.cwd == last.cwd and only_removes(model, s)]
    lowered.sort(key=lambda s: s.index)
    doubts = _doubts(model, last, head, lowered)
    plan = lower_source(
        model, last, lowered, head.reads.needs, head, None, title, certain=view.context_certain, across_system=True
    )
    return _with(plan, doubts)


def _refuse_readers(model: LayerModel, between: Sequence[Step], lowered: Sequence[Step]) -> None:
    """A step in between that reads a copied file keeps that COPY above the tool. Raises :class:`Refused`."""
    for step in between:
        if step.keyword != "RUN" or only_removes(model, step):
            continue
        for need in model.reads(step).needs:
            origin = model.tree(step).origin(need.path)
            if origin is not None and origin.step in lowered:
                raise Refused(7, f"line {step.line} stands between and reads {origin.path}")


def _between(model: LayerModel, step: Step, copy: Step) -> str:
    """What keeps the step below the COPY: another stage, or the nearest step that may need what is copied."""
    if copy.stage != step.stage:
        return f"line {copy.line}, which brings source too, stands in a parent stage"
    below = [s for s in model.stages[step.stage].steps if copy.index < s.index < step.index and s.keyword == "RUN"]
    other = next(s for s in reversed(below) if not _free(model, s))
    why = next(fact for fact in model.facts(other) if fact.role not in ("free", "carry"))
    name = command_name(why)
    return f"line {other.line} stands between and {why.why or f'`{name}` reads what is copied'}"


def _doubts(model: LayerModel, last: Step, head: Head, lowered: Sequence[Step]) -> list[str]:
    """Why the commands that move may do something else above the COPYs."""
    from copylast_rules.order.tool_needs import doubt_of

    between = [s for s in model.stages[last.stage].steps if lowered[0].index < s.index < last.index]
    moved = [(s, fact) for s in between if s.keyword == "RUN" and s not in lowered for fact in model.facts(s)]
    moved += [(last, fact) for fact in head.facts]
    return [doubt for at, fact in moved if (doubt := doubt_of(model, last, at, fact, lowered)) is not None]


def _with(plan: Plan, doubts: Sequence[str]) -> Plan:
    if not doubts:
        return plan
    return Plan(plan.fix._replace(safety=Safety.UNSAFE), (*plan.doubts, *dict.fromkeys(doubts)))


def _last(model: LayerModel, step: Step, block: Sequence[Step]) -> Step:
    """The last step of the block that can move with ``step``: one that is wholly free, or begins with tools."""
    last = step
    for other in block:
        if other.index > step.index and (_free(model, other) or _begins_free(model, other)):
            last = other
    return last


def _begins_free(model: LayerModel, step: Step) -> bool:
    try:
        _head(model, step)
    except Refused:
        return False
    return True


def _head(model: LayerModel, step: Step) -> Head:
    """The part of the RUN that may move. Raises :class:`Refused`, also where the rest works on packages again."""
    head = run_head(model, step, is_tool, _installs)
    if head.cut is not None:
        for fact in model.facts(step)[len(head.facts) :]:
            if is_system(fact):
                raise Refused(7, f"`{command_name(fact)}` in the same step goes on with what came before it")
    return head
