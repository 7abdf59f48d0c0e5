"""Installs of dependencies that stand below source: what CPL101 and CPL108 share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from copylast import (
    Facts,
    Guilt,
    LayerModel,
    NamedTuple,
    Need,
    Plan,
    Refused,
    Step,
    View,
    any_of,
    command_name,
    guilty_steps,
    keeps_downloads,
    lower_source,
    lower_together,
    run_head,
    with_companions,
)


class Below(NamedTuple):
    """A RUN that installs below source. ``install`` is its first install, ``needs`` are those of all of them."""

    step: Step
    install: Facts
    needs: tuple[Need, ...]
    guilty: tuple[Guilt, ...]


def installs_below_source(view: View) -> tuple[Below, ...]:
    """Every RUN, in the stages that the build needs, that installs what manifests name below source."""
    return view.layers.shared(_all_below)


def _all_below(model: LayerModel) -> tuple[Below, ...]:
    reachable = model.reachable()
    steps = [step for stage in model.stages if stage.index in reachable for step in stage.steps]
    found = (_below(model, step) for step in steps if step.keyword == "RUN")
    return tuple(below for below in found if below is not None)


def _below(model: LayerModel, step: Step) -> Below | None:
    installs = [fact for fact in model.facts(step) if installs_dependencies(fact)]
    if not installs:
        return None
    first = installs[0]
    halves = _halves(first)
    # Where no half counts, this hangs on no source; in a long file it is most installs' answer, and soon given.
    if not halves and _done_before(model, step, first, halves, 0):
        return None
    needs = tuple(n for f in installs if f.closure is not None for n in f.closure.needs)
    ecosystems = {f.match.ecosystem.id: f.match.ecosystem for f in installs if f.match is not None}
    guilty = guilty_steps(model, step, (*needs, *_made(installs)), first.cwd or step.cwd, ecosystems.values())
    if not guilty or (halves and _done_before(model, step, first, halves, guilty[0].step.index)):
        return None
    return Below(step, first, needs, guilty)


def installs_dependencies(fact: Facts) -> bool:
    """True for a command that installs or fetches what manifests name, and not nothing at all."""
    if fact.match is None or fact.match.kind not in ("deps", "fetch"):
        return False
    return fact.closure is None or fact.closure.idle is None


def _made(installs: Iterable[Facts]) -> Iterator[Need]:
    """Files that an install cannot do without and that the context does not bring: another stage makes them."""
    for fact in installs:
        for refusal in fact.closure.refusals if fact.closure is not None else ():
            if refusal.gate == 4 and refusal.path is not None:
                yield Need(refusal.path, "file", refusal.reason)


def _halves(install: Facts) -> frozenset[str]:
    """The commands that do half of what ``install`` does: ``mix deps.get``, if it is ``mix deps.compile``."""
    if install.match is None:
        return frozenset()
    found = frozenset(command for p in install.match.ecosystem.prefetches for command in p.halves)
    return frozenset() if command_name(install) in found else found


def _done_before(model: LayerModel, step: Step, install: Facts, halves: frozenset[str], source: int) -> bool:
    """True if the same manager already installed for this directory.

    Above the source, the step with the index ``source``, that is what should be, unless it did the half of it only;
    below it the first of the two is the one to move.
    """
    for above in model.before(step):
        for fact in model.facts(above) if above.keyword == "RUN" else ():
            half = above.index < source and command_name(fact) in halves
            if not half and _same_work(fact, install):
                return True
    return False


def _same_work(fact: Facts, install: Facts) -> bool:
    """True if both install what manifests name, by the same manager in the same directory."""
    if fact.match is None or install.match is None or fact.cwd != install.cwd or not installs_dependencies(fact):
        return False
    return fact.match.ecosystem.id == install.match.ecosystem.id


def builds_too(model: LayerModel, below: Below) -> bool:
    """True if the manifests come by COPYs of their own, and a later command of the step is what needs the source."""
    step = below.step
    if any(guilt.mounted for guilt in below.guilty):
        return False
    facts = model.facts(step)
    last = max(number for number, fact in enumerate(facts) if installs_dependencies(fact))
    if not any(fact.role in ("open", "build") for fact in facts[last + 1 :]):
        return False
    away = {guilt.step.index for guilt in below.guilty}
    tree = model.tree(step)
    paths = [need.path for need in below.needs] or _manifests(model, below)
    origins = [origin for path in paths if (origin := tree.origin(path)) is not None]
    return bool(origins) and not any(origin.step.index in away for origin in origins)


def _manifests(model: LayerModel, below: Below) -> list[str]:
    """The manifests in the install's directory, for a manager without a reader."""
    cwd, match = below.install.cwd, below.install.match
    if cwd is None or match is None:
        return []
    globs = (*match.ecosystem.manifests, *match.ecosystem.lockfiles)
    names = model.tree(below.step).names(cwd)
    return [f"{cwd.rstrip('/')}/{name}" for name in filter(any_of(globs), names)]


def install_above(view: View, below: Below, title: str) -> Plan:
    """The install above the source; where that cannot be, a step before it that spares it the downloads.

    Raises :class:`Refused`.
    """
    model, step, install = view.layers, below.step, below.install
    last = _last_of_its_kind(model, step, install)
    try:
        return _whole(view, below._replace(step=last), title)
    except Refused as why:
        refused = why if last is step else _own_reason(view, below, title) or why
        fetch = model.prefetch(step, install) if view.context is not None else None
        if fetch is None or fetch.prefetch.safety == "shown":
            raise refused from None
        if install.match is not None and keeps_downloads(model, step, install.match.ecosystem):
            raise refused from None
        from copylast_rules.order.early_fetch import plan_fetch

        try:
            return plan_fetch(view, step, below.guilty, install, fetch)
        except Refused:
            raise refused from None


def _own_reason(view: View, below: Below, title: str) -> Refused | None:
    """Why the install that people are told of cannot go above the source, even without those that follow it."""
    try:
        _whole(view, below, title)
    except Refused as refused:
        return refused
    return None


def _last_of_its_kind(model: LayerModel, step: Step, install: Facts) -> Step:
    """The last of the steps directly below in which the same manager goes on with what it fetched."""
    last = step
    for other in model.stages[step.stage].steps:
        if other.index <= step.index:
            continue
        if other.keyword != "RUN":
            break
        facts = model.facts(other)
        if not any(_same_work(f, install) for f in facts) or any(
            f.role not in ("install", "free", "carry") for f in facts
        ):
            break
        last = other
    return last


def _whole(view: View, below: Below, title: str) -> Plan:
    """The manifests, the install, and only then the source."""
    model, step = view.layers, below.step
    if view.context is None:
        raise Refused(4, "there is no build context to read the manifests from")
    if any(guilt.mounted for guilt in below.guilty):
        raise Refused(7, "the step mounts the source itself")
    head = run_head(model, step)
    guilty = [guilt.step for guilt in below.guilty]
    needs, certain = head.reads.needs, view.context_certain
    if any(other.stage != step.stage for other in guilty):
        from copylast import split_parent

        return split_parent(model, step, guilty, needs, head, title, certain=certain)
    ecosystems = {f.match.ecosystem.id: f.match.ecosystem for f in head.facts if f.match is not None}
    cwd = below.install.cwd or step.cwd
    more = with_companions(model, step, guilty, needs, cwd, ecosystems.values())

    def lower(steps: Sequence[Step]) -> Plan:
        return lower_source(model, step, steps, needs, head, None, title, certain=certain)

    return lower_together(lower, more, guilty)
