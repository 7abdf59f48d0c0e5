"""Builds that download the dependencies on their way, below the source: CPL103 finds them, CPL105 leaves them to it."""

from __future__ import annotations

from collections.abc import Iterator

from copylast import (
    Facts,
    Fetch,
    Guilt,
    LayerModel,
    NamedTuple,
    Step,
    View,
    guilty_steps,
    keeps_downloads,
    prefetches_of,
)


class Undivided(NamedTuple):
    """A build in a RUN below the source; ``fetch`` is the dependency step that would spare it its downloads."""

    step: Step
    build: Facts
    fetch: Fetch
    guilty: tuple[Guilt, ...]


def undivided_builds(view: View) -> Iterator[Undivided]:
    """The first build of each manager and directory, in the stages that the build needs, that downloads on its way."""
    model = view.layers
    for stage in model.stages:
        if stage.index not in model.reachable():
            continue
        # A build in a parent stage has downloaded for this one, too.
        parents = [s for part in model.chain(stage.index)[:-1] for s in part.steps if s.keyword == "RUN"]
        builds = [f for s in parents for f in model.facts(s) if f.role == "build" and f.match is not None]
        seen = {(f.match.ecosystem.id, f.cwd) for f in builds if f.match is not None and prefetches_of(f.match)}
        for step in stage.steps:
            if step.keyword != "RUN":
                continue
            for fact in model.facts(step):
                if fact.match is None or not prefetches_of(fact.match):
                    continue
                place = (fact.match.ecosystem.id, fact.cwd)
                if fact.role == "build" and place not in seen:
                    seen.add(place)
                    found = _undivided(model, step, fact)
                    if found is not None:
                        yield found


def _undivided(model: LayerModel, step: Step, build: Facts) -> Undivided | None:
    from copylast_rules.order.fetched import fetched, has_project

    assert build.match is not None
    if fetched(model, step, build) or keeps_downloads(model, step, build.match.ecosystem):
        return None
    fetch = model.prefetch(step, build)
    if fetch is None or not has_project(model, step, fetch):
        return None
    closure = fetch.facts.closure
    needs = closure.needs if closure is not None else ()
    guilty = guilty_steps(model, step, needs, fetch.facts.cwd or step.cwd, [build.match.ecosystem])
    return Undivided(step, build, fetch, guilty) if guilty else None
