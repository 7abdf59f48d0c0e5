"""Installs whose downloads no cache mount keeps, and the mounts that would."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from copylast.ecosystem.descriptor import CacheDir, InstallKind
from copylast.layers.cachedirs import cache_place, is_root
from copylast.layers.commands import Facts, command_name
from copylast.layers.downloads import keeps_downloads
from copylast.layers.environ import quiet
from copylast.layers.lists import lists_of, lists_source, renews, uses
from copylast.layers.model import LayerModel
from copylast.layers.paths import overlap, within
from copylast.layers.steps import Step
from copylast.records import NamedTuple
from copylast.regexes import lazy_regex

_INSTALLS: frozenset[InstallKind] = frozenset({"deps", "fetch", "deps+project"})
_NUMBERS = lazy_regex(r"([0-9]+)(?::([0-9]+))?\Z")


class Gap(NamedTuple):
    """An install without a cache mount.

    ``mounts`` are the values of ``--mount`` that it lacks, and ``steps`` the RUNs that need them. ``why`` says in one
    sentence why they cannot be given to them; None if they can.
    """

    install: Facts
    mounts: tuple[str, ...]
    steps: tuple[Step, ...]
    why: str | None = None


def gap_of(model: LayerModel, step: Step) -> Gap | None:
    """The first install of a RUN whose downloads are kept nowhere but in the image; None if there is none."""
    for fact in model.facts(step):
        match = fact.match
        if match is None or not _downloads(fact) or not _wanted(match.ecosystem.caches):
            continue
        if match.ecosystem.lists and uses(fact) is None or keeps_downloads(model, step, match.ecosystem):
            continue
        if any(cache.later_runs for cache in match.ecosystem.caches) and _follows(model, step, match.ecosystem.id):
            continue
        return _gap(model, step, fact)
    return None


def _downloads(fact: Facts) -> bool:
    """True for a command that fetches packages, and does not only set something up (``uv venv``)."""
    match = fact.match
    if match is None or "python" in match.subcommand or "venv" in match.subcommand:
        return False
    if match.kind == "project":
        return match.subcommand in (("install",), ("sync",))
    named = bool(match.subcommand and match.positional) or uses(fact) is not None
    return match.kind in _INSTALLS or match.kind == "tool" and named


def _wanted(caches: Sequence[CacheDir]) -> list[CacheDir]:
    return [cache for cache in caches if not cache.results and not cache.aside]


def _of(model: LayerModel, step: Step, ecosystem: str) -> bool:
    return any(fact.match is not None and fact.match.ecosystem.id == ecosystem for fact in model.facts(step))


def _follows(model: LayerModel, step: Step, ecosystem: str) -> bool:
    """True if an earlier RUN of the stage, which is spoken of, fills the same cache."""
    steps = model.stages[step.stage].steps
    return any(one.index < step.index and one.keyword == "RUN" and _of(model, one, ecosystem) for one in steps)


def _gap(model: LayerModel, step: Step, fact: Facts) -> Gap:
    assert fact.match is not None
    caches = _wanted(fact.match.ecosystem.caches)
    environment = model.environment(step)
    named = [cache for cache in caches if any(name in environment for name in cache.environment)]
    caches = named or caches
    steps = [step]
    if any(cache.later_runs for cache in caches):
        later = (one for one in model.stages[step.stage].steps if one.index > step.index and one.keyword == "RUN")
        steps += [one for one in later if _of(model, one, fact.match.ecosystem.id)]
    mounts: list[str] = []
    why: str | None = None
    for cache in caches:
        place = cache_place(model, step, fact, cache)
        if place is None:
            return Gap(fact, (), (step,), f"where `{fact.match.program}` keeps its cache here is not known")
        # Who is not root cannot install packages of the system.
        owner = "" if fact.match.ecosystem.system else _owner(model, step)
        if owner is None:
            return Gap(fact, (), (step,), f"the number of the user {step.user or 'of the base image'} is not known")
        why = why or next(_hindrances(model, steps, fact, cache, place), None)
        sharing = "" if cache.sharing == "shared" else f",sharing={cache.sharing}"
        mounts.append(f"type=cache,target={place}{sharing}{owner}")
    return Gap(fact, tuple(mounts), tuple(steps), why)


def _owner(model: LayerModel, step: Step) -> str | None:
    """``,uid=1000,gid=1000`` for a user with that number; None where it is not known."""
    if is_root(model, step):
        return ""
    numbers = _NUMBERS.match(step.user or "")
    return f",uid={numbers[1]},gid={numbers[2] or '0'}" if numbers else None


def _hindrances(
    model: LayerModel, steps: Sequence[Step], fact: Facts, cache: CacheDir, place: str
) -> Iterator[str]:
    """Why somebody would miss what is in the mount."""
    first = steps[0]
    for stage in model.stages:
        for step in stage.steps:
            copy = step.copy
            if copy is None:
                continue
            own = step.stage == first.stage or first.stage in {one.index for one in model.chain(step.stage)}
            if own and within(copy.dest, place):
                yield f"line {step.line} copies something to where the mount would be"
            if copy.stage == first.stage and any(overlap(one, place) for one in copy.sources):
                yield f"line {step.line} copies the cache out of the stage"
    lists = lists_of(fact)
    if lists is not None and overlap(place, lists.directory):
        own_facts = model.facts(first)
        before = own_facts[: own_facts.index(fact)]
        if not any(renews(one, lists) for one in before):
            yield "the step does not fetch the package lists itself"
        for stage in model.stages:
            for step in stage.steps:
                if step.keyword == "RUN" and step.index > first.index and any(uses(one) for one in model.facts(step)):
                    source = lists_source(model, step, lists)
                    if source is not None and source.step is first:
                        yield f"line {step.line} may use the package lists of this step"
    if cache.later_runs:
        yield from _later(model, steps, fact, place)


def _later(model: LayerModel, steps: Sequence[Step], fact: Facts, place: str) -> Iterator[str]:
    first = steps[0]
    needed = any(stage.parent == first.stage for stage in model.stages)
    if needed or first.stage == len(model.stages) - 1:
        yield f"the image needs what `{command_name(fact)}` keeps there, or may do so"
    tail = place.removeprefix("/root")
    for step in model.stages[first.stage].steps:
        if step.keyword != "RUN" or step in steps:
            continue
        source = model.dockerfile.source.slice(step.instruction.span)
        if tail in source:
            yield f"line {step.line} names {place}"
        if step.index > first.index:
            for one in model.facts(step):
                if one.match is None and one.role in ("open", "build") and not quiet(one):
                    yield f"line {step.line} may need what is in the mount"
                    break
