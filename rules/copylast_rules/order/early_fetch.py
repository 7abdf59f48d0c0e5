"""The fix that puts a dependency step of its own above the source and leaves the old command where it is."""

from __future__ import annotations

from collections.abc import Sequence

from copylast import (
    Facts,
    Fetch,
    Guilt,
    Plan,
    Refused,
    Safety,
    Step,
    View,
    command_name,
    early_run,
    insert_step,
    lower_source,
    lower_together,
    with_companions,
)


def plan_fetch(view: View, step: Step, guilty: Sequence[Guilt], build: Facts, fetch: Fetch) -> Plan:
    """The plan that runs ``fetch`` before the ``guilty`` steps, for the command ``build`` of ``step``.

    Raises Refused.
    """
    model = view.layers
    facts, prefetch = fetch.facts, fetch.prefetch
    if prefetch.safety == "shown":
        raise Refused(5, "the download cannot be split from the build in a way that is sure to be the same")
    if view.context is None:
        raise Refused(4, "there is no build context to read the manifests from")
    if facts.closure is None or facts.match is None:
        raise Refused(4, f"which files `{command_name(facts)}` reads is not known to copylast")
    if facts.closure.refusals:
        raise Refused(facts.closure.refusals[0].gate, facts.closure.refusals[0].reason)
    # The half of it that stands below the source goes first, by a fix of its own.
    runs = [other for other in (*model.before(step), step) if other.keyword == "RUN"]
    halves = [other.index for other in runs if any(command_name(f) in prefetch.halves for f in model.facts(other))]
    source = guilty[0].step.index
    if any(index > source for index in halves) or (prefetch.behind and not halves):
        raise Refused(7, f"`{prefetch.halves[0]}` stands below the source, too")
    if any(g.mounted for g in guilty):
        raise Refused(7, "the step mounts the source itself")
    if any(g.step.stage != step.stage for g in guilty):
        raise Refused(7, "the source enters in a parent stage")
    steps = [g.step for g in guilty]
    needs = facts.closure.needs
    title = f"Run `{command_name(facts)}` before copying the source"
    new = early_run(model, step, build, fetch)
    certain = view.context_certain
    more = with_companions(model, step, steps, needs, facts.cwd or step.cwd, [facts.match.ecosystem])

    def insert(steps: Sequence[Step]) -> Plan:
        return insert_step(model, step, steps, needs, new, title, certain=certain)

    def lower(steps: Sequence[Step]) -> Plan:
        return lower_source(model, step, steps, needs, new.head, new, title, certain=certain)

    try:
        plan = lower_together(insert, more, steps)
    except Refused:
        plan = lower_together(lower, more, steps)
    doubts = [*plan.doubts, *facts.closure.unsafe]
    if build.command.certainty != "certain":
        doubts.append("the build runs only under a condition, and the new step always")
    if build.command.ignored:
        doubts.append("the build may fail today without ending the step, and the new step may not")
    if prefetch.safety == "unsafe":
        doubts.append(prefetch.note)
    if not doubts:
        return plan
    return Plan(plan.fix._replace(safety=Safety.UNSAFE), tuple(dict.fromkeys(doubts)))
