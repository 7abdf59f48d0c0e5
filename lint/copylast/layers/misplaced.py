"""Cache mounts that their tool does not use, and such that keep what later steps look for."""

from __future__ import annotations

from collections.abc import Iterator

from copylast.ecosystem.descriptor import CacheDir
from copylast.layers.cachedirs import OFFICIAL, cache_place, is_root, official_name
from copylast.layers.commands import Facts, environment_of
from copylast.layers.model import LayerModel
from copylast.layers.paths import join, overlap, within
from copylast.layers.steps import Step

_TAKERS = frozenset({"cp", "mv", "install", "strip"})


def misplaced(model: LayerModel, step: Step) -> Iterator[tuple[Facts, str, str | None]]:
    """Commands with the mount that is meant for them, and the directory that they use instead.

    The directory is None where only this is sure: it is not below ``/root``.
    """
    targets = [m.target.rstrip("/") for m in step.mounts if m.kind == "cache" and m.target is not None]
    done: set[str] = set()
    for fact in model.facts(step):
        match = fact.match
        if match is None or match.kind == "noop":
            continue
        if model.context is None and len(model.registry.candidates(fact.command.argv)) != 1:
            continue  # only the project says which of two managers of that name it is
        caches = [cache for cache in match.ecosystem.caches if not cache.results and not cache.aside]
        meant = [t for t in targets if t not in done and any(_is_for(t, cache) for cache in caches)]
        if not meant or _configured(model, step, fact):
            continue
        places = [cache_place(model, step, fact, cache) for cache in caches]
        if None in places:
            if _cannot_enter(model, step, fact, caches) and all(t.startswith("/root/") for t in targets):
                done.add(meant[0])
                yield fact, meant[0], None
            continue
        if _sure(model, step, fact, caches) and not any(overlap(p or "/", t) for p in places for t in targets):
            done.add(meant[0])
            yield fact, meant[0], places[0]


def _is_for(target: str, cache: CacheDir) -> bool:
    """True for a mount that somebody made for this cache, wherever the home is."""
    return target == cache.target or bool(cache.home) and target.endswith(f"/{cache.home}")


def _sure(model: LayerModel, step: Step, fact: Facts, caches: list[CacheDir]) -> bool:
    """True where the file itself says where the cache is, or the base image is known."""
    environment = environment_of(fact.command, model.environment(step))
    match = fact.match
    for cache in caches:
        if any(name in environment for name in cache.environment):
            return True
        if match is not None and any(option in match.options for option in cache.options):
            return True
    return official_name(model, step) in OFFICIAL


def _cannot_enter(model: LayerModel, step: Step, fact: Facts, caches: list[CacheDir]) -> bool:
    """True for a user who is surely not root, and whose home no variable names."""
    user = step.user
    if user is None or not user or "$" in user or is_root(model, step) or fact.command.wrappers:
        return False
    environment = environment_of(fact.command, model.environment(step))
    names = {"HOME", "XDG_CACHE_HOME", *(name for cache in caches for name in cache.environment)}
    if not names.isdisjoint(environment):
        return False
    # `adduser -h /root app`: whose home it is stands in the image's list of users.
    texts = (model.dockerfile.source.slice(one.instruction.span) for one in model.before(step) if one.keyword == "RUN")
    return not any("/root" in text and ("adduser" in text or "usermod" in text or "useradd" in text) for text in texts)


def _configured(model: LayerModel, step: Step, fact: Facts) -> bool:
    """True if the tool's own settings may name the directory: in the project, or written by a step."""
    match = fact.match
    assert match is not None
    names = [name for name in match.ecosystem.settings if "*" not in name]
    if model.context is not None and any(model.context.entry(name) is not None for name in names):
        return True
    for one in (*model.before(step), step):
        if one.keyword == "RUN":
            text = model.dockerfile.source.slice(one.instruction.span)
            if any(word in text for word in ("config", "env -w", *names)):
                return True
        elif one.copy is not None and any(name in source for name in names for source in one.copy.sources):
            return True
    return False


def missed_output(model: LayerModel, step: Step) -> Iterator[tuple[str, Step, str]]:
    """Mounts of a step that builds, with the step which looks for a file in one, and that file."""
    targets = [m.target.rstrip("/") for m in step.mounts if m.kind == "cache" and m.target is not None]
    if not any(fact.role in ("build", "open") for fact in model.facts(step)):
        return
    for target in targets:
        for reader, path in _readers(model, step, target):
            if not any(_may_bring(model, one, target) for one in model.stages[step.stage].chain_steps):
                yield target, reader, path
                break


def _readers(model: LayerModel, step: Step, target: str) -> Iterator[tuple[Step, str]]:
    for stage in model.stages:
        for reader in stage.steps if stage.index in model.reachable() else ():
            if reader.copy is not None and reader.copy.stage == step.stage:
                for source in reader.copy.sources:
                    path = join("/", source)
                    if path is not None and path != target and within(path, target):
                        yield reader, path
            elif reader.keyword == "RUN" and reader.stage == step.stage and reader.index > step.index:
                yield from _taken(model, reader, target)


def _taken(model: LayerModel, reader: Step, target: str) -> Iterator[tuple[Step, str]]:
    """What a ``cp`` of a later RUN takes from the mount, which it has not."""
    if any(m.target is None or overlap(m.target, target) for m in reader.mounts):
        return
    for fact in model.facts(reader):
        if fact.command.argv[:1] and fact.command.argv[0] in _TAKERS and fact.cwd is not None:
            for word in fact.command.words[1:-1]:
                text = word.value
                path = join(fact.cwd, text) if text and not word.names and not text.startswith(("-", "~")) else None
                if path is not None and path != target and within(path, target):
                    yield reader, path


def _may_bring(model: LayerModel, one: Step, target: str) -> bool:
    """True for a step that may leave something where the mount was."""
    if one.copy is not None:
        known = one.copy.selection
        if known is not None and within(target, one.copy.dest):
            return known.context_path(target) is not None
        return overlap(one.copy.dest, target)
    if one.keyword != "RUN" or any(m.kind == "cache" and m.target and within(target, m.target) for m in one.mounts):
        return False
    for fact in model.facts(one):
        name = fact.command.argv[0] if fact.command.argv else ""
        if name in _TAKERS and fact.cwd is not None and fact.command.words[-1].value is not None:
            goal = join(fact.cwd, fact.command.words[-1].value)
            if goal is not None and not overlap(goal, target):
                continue
        if fact.role in ("build", "open"):
            return True
        if fact.closure is not None and any(overlap(path, target) for path in fact.closure.writes):
            return True
        if any(target in (word.value or "") for word in fact.command.words):
            return True
    return False
