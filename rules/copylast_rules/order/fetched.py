"""Whether a build has anything to fetch, and whether a step above it has fetched that already."""

from __future__ import annotations

from fnmatch import fnmatchcase

from copylast import Facts, Fetch, LayerModel, Step, prefetches_of


def has_project(model: LayerModel, step: Step, fetch: Fetch) -> bool:
    """True if there is something to fetch, as far as anybody can say."""
    closure, match, cwd = fetch.facts.closure, fetch.facts.match, fetch.facts.cwd
    if closure is not None:
        # No manifest: this is not a project of that tool.
        absent = not closure.needs and any(r.gate == 4 for r in closure.refusals)
        return closure.idle is None and not (model.context is not None and absent)
    if model.context is None:
        return True
    names = model.tree(step).names(cwd) if cwd is not None else ()
    return match is not None and any(fnmatchcase(n, glob) for n in names for glob in match.ecosystem.manifests)


def fetched(model: LayerModel, step: Step, build: Facts) -> bool:
    """True if a command above already fetched the dependencies.

    Where the early step only goes on with what another one fetched, it is also true if none did.
    """
    assert build.match is not None
    prefetches = prefetches_of(build.match)
    provides = {command for prefetch in prefetches for command in prefetch.provides}
    halves = {command for prefetch in prefetches for command in prefetch.halves}
    behind = any(prefetch.behind for prefetch in prefetches)
    half = False
    for other in (*model.before(step), step):
        if other.copy is not None and other.copy.stage is not None and build.match.kind == "deps+project":
            if _installed_there(model, other.copy.stage, build.match.ecosystem.id):
                return True
        if other.keyword != "RUN":
            continue
        for fact in model.facts(other):
            if fact.command is build.command:
                return behind and not half
            if behind and half and fact.role == "open":
                return True  # it may have done the other half
            if fact.match is None or (fact.closure is not None and fact.closure.idle is not None):
                continue
            said = " ".join((fact.match.program, *fact.match.subcommand))
            if said in halves:
                half = True
                continue
            installs, own = fact.match.kind in ("deps", "fetch"), fact.match.ecosystem.id == build.match.ecosystem.id
            provided = said in provides and fact.match.kind != "tool"
            # Another manager's command provides them where it installs what manifests name.
            if (own and (installs or provided)) or (installs and provided):
                return True
    return behind and not half


def _installed_there(model: LayerModel, stage: int, ecosystem: str) -> bool:
    """True if the same manager installs in a stage from which files are copied: an environment, most of the time."""
    return any(
        fact.match is not None
        and fact.match.ecosystem.id == ecosystem
        and fact.match.kind in ("deps", "fetch", "deps+project")
        for part in model.chain(stage)
        for other in part.steps
        if other.keyword == "RUN"
        for fact in model.facts(other)
    )
