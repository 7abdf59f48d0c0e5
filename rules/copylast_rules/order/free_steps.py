"""What CPL102 and CPL107 share: steps that read nothing of the project, below a COPY."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from copylast import (
    Diagnostic,
    Earlier,
    Facts,
    Label,
    LayerModel,
    Plan,
    Refused,
    Severity,
    Step,
    View,
    command_name,
    lower_source,
    offer,
    run_head,
)


def findings(
    view: View,
    code: str,
    name: str,
    severity: Severity,
    wanted: Callable[[Facts], bool],
    earlier: Callable[[LayerModel, Step, tuple[str, ...]], tuple[Earlier, ...]],
) -> Iterator[Diagnostic]:
    """One finding for each run of steps whose commands are ``wanted`` and below something that was copied."""
    model = view.layers
    for stage in model.stages:
        if stage.index not in model.reachable():
            continue
        reported: set[int] = set()
        for step in stage.steps:
            if step.keyword != "RUN":
                continue
            facts = model.facts(step)
            tools = [f for f in facts if f.role == "free" and f.match is not None and wanted(f)]
            if not tools or any(f.match is not None and f.match.kind in ("deps", "fetch") for f in facts):
                continue
            copies = earlier(model, step, _settled(model))
            guilty = [c for c in copies if not c.steering]
            if not guilty or guilty[0].step.index in reported:
                continue
            reported.add(guilty[0].step.index)
            yield _diagnostic(view, model, step, tools[0], copies, guilty, code, name, severity)


def _settled(model: LayerModel) -> tuple[str, ...]:
    ecosystems = [model.registry.ecosystem(file) for file in model.registry.loaded]
    return tuple(g for e in ecosystems for g in (*e.manifests, *e.lockfiles, *e.settings))


def _diagnostic(
    view: View,
    model: LayerModel,
    step: Step,
    tool: Facts,
    copies: Sequence[Earlier],
    guilty: Sequence[Earlier],
    code: str,
    name: str,
    severity: Severity,
) -> Diagnostic:
    settled = all(c.settled for c in guilty)
    fix, withheld = offer(lambda: _plan(view, model, step, tool, copies))
    first = guilty[0]
    edit = "change of a manifest" if settled else "source edit"
    return Diagnostic(
        code,
        name,
        f"`{command_name(tool)}` runs again after every {edit}",
        first.step.instruction.span,
        Severity.INFO if settled else severity,
        label="brings manifests only" if settled else "every change of what it brings makes the steps below run",
        labels=(Label(tool.command.span, "runs again with it, but reads nothing of the project"),),
        help="put the step above the COPY",
        fix=fix,
        withheld=withheld,
    )


def _plan(view: View, model: LayerModel, step: Step, tool: Facts, copies: Sequence[Earlier]) -> Plan:
    if view.context is None:
        raise Refused(4, "there is no build context to look into")
    last = _last_of_block(model, step)
    between = _directly_above(model, step)
    lowered = [c for c in copies if c.step.index in between]
    if not lowered:
        raise Refused(7, "the COPY is not in the same stage, or another step that may need it stands between")
    steering = next((c for c in lowered if c.steering), None)
    if steering is not None:
        raise Refused(7, f"`{command_name(tool)}` may read what line {_line(model, steering.step)} copies")
    head = run_head(model, last, lambda fact: fact.role == "free" and fact.match is not None)
    title = f"Run `{command_name(tool)}` before copying"
    return lower_source(
        model, last, [c.step for c in lowered], head.reads.needs, head, None, title, certain=view.context_certain
    )


def _line(model: LayerModel, step: Step) -> int:
    return model.dockerfile.source.position(step.instruction.span.start).line


def _free(model: LayerModel, step: Step) -> bool:
    return all(fact.role in ("free", "carry") for fact in model.facts(step))


def _last_of_block(model: LayerModel, step: Step) -> Step:
    """The last of the RUNs from ``step`` on that read nothing either and follow one another."""
    last = step
    if not _free(model, step):
        return step
    for other in model.stages[step.stage].steps:
        if other.index <= last.index:
            continue
        if other.keyword != "RUN" or not _free(model, other):
            return last
        last = other
    return last


def _directly_above(model: LayerModel, step: Step) -> set[int]:
    """Indexes of the COPYs of the stage between which and ``step`` only steps stand that read nothing."""
    found: set[int] = set()
    for other in reversed([s for s in model.stages[step.stage].steps if s.index < step.index]):
        if other.keyword == "RUN" and not _free(model, other):
            break
        if other.copy is not None:
            found.add(other.index)
    return found
