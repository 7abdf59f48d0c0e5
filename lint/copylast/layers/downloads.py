"""Whether a cache mount keeps what a package manager downloads."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from copylast.ecosystem.descriptor import CacheDir, Ecosystem
from copylast.layers.model import LayerModel
from copylast.layers.paths import overlap
from copylast.layers.steps import Step


def keeps_downloads(model: LayerModel, step: Step, ecosystem: Ecosystem) -> bool:
    """True if a cache mount of the step holds the manager's downloads, or may hold them for some user.

    What the manager makes of them (``target``, ``.build``) counts too: with it nothing is fetched.
    """
    targets = [m.target for m in step.mounts if m.kind == "cache" and m.target is not None]
    if not targets:
        return False
    if any(target.rstrip("/").endswith(f"/{name}") for target in targets for name in ecosystem.dependency_dirs):
        return True
    environment = model.environment(step)
    return any(_keeps(cache, target, environment) for cache in ecosystem.caches for target in targets)


def keeps_packages(model: LayerModel, step: Step, ecosystem: Ecosystem) -> bool:
    """True if a cache mount of the step holds what it installs, and later commands need it and do not bring it again.

    A step that is taken from the cache leaves nothing in a mount: whoever needs it finds it missing.
    """
    lasting = tuple(cache for cache in ecosystem.caches if cache.later_runs and cache.offline)
    if not lasting or not keeps_downloads(model, step, ecosystem._replace(caches=lasting, dependency_dirs=())):
        return False
    options = {option for cache in lasting for option in cache.offline}
    return "*" in options or any(not options.isdisjoint(said) for said in _options_after(model, step, ecosystem))


def _options_after(model: LayerModel, step: Step, ecosystem: Ecosystem) -> Iterator[Collection[str]]:
    for stage in model.stages:
        for other in stage.steps:
            if other.keyword == "RUN" and other.index >= step.index:
                for fact in model.facts(other):
                    if fact.match is not None and fact.match.ecosystem.id == ecosystem.id:
                        yield fact.match.options


def _keeps(cache: CacheDir, target: str, environment: Mapping[str, str | None]) -> bool:
    if cache.results:
        return False
    places = [cache.target, *(environment.get(name) or "" for name in cache.environment)]
    if any(place.startswith("/") and overlap(target, place) for place in places):
        return True
    # Whose home it is depends on the user, which not every image tells.
    parts = (cache.home or "").split("/")
    return bool(cache.home) and any(target.endswith("/" + "/".join(parts[:n])) for n in range(1, len(parts) + 1))
