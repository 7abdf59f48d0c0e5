"""Whether a cache mount keeps what a package manager downloads."""

from __future__ import annotations

from collections.abc import Mapping

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
    """True if a cache mount of the step holds what it installs, and no later command of the manager brings it again.

    A step that is taken from the cache leaves nothing in a mount: whoever needs it finds it missing.
    """
    lasting = tuple(cache for cache in ecosystem.caches if cache.later_runs)
    if not lasting or any(rule.kind == "build" for matcher in ecosystem.matchers for rule in matcher.kinds):
        return False
    return keeps_downloads(model, step, ecosystem._replace(caches=lasting))


def _keeps(cache: CacheDir, target: str, environment: Mapping[str, str | None]) -> bool:
    if cache.results:
        return False
    places = [cache.target, *(environment.get(name) or "" for name in cache.environment)]
    if any(place.startswith("/") and overlap(target, place) for place in places):
        return True
    # Whose home it is depends on the user, which not every image tells.
    parts = (cache.home or "").split("/")
    return bool(cache.home) and any(target.endswith("/" + "/".join(parts[:n])) for n in range(1, len(parts) + 1))
