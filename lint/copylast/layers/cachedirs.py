"""Where a package manager keeps its downloads in a step, as far as that is sure."""

from __future__ import annotations

from copylast.ecosystem.descriptor import CacheDir
from copylast.layers.commands import Facts, environment_of
from copylast.layers.copies import Mount
from copylast.layers.model import LayerModel
from copylast.layers.owners import ROOTS
from copylast.layers.paths import known, within
from copylast.layers.steps import Step

OFFICIAL = frozenset(
    "debian ubuntu alpine python node golang rust php ruby openjdk eclipse-temurin maven gradle fedora rockylinux "
    "almalinux amazonlinux buildpack-deps".split()
)
"""Official images in which root runs the steps, and no variable but CARGO_HOME and GOPATH moves a cache."""
_OF_ROOT = OFFICIAL | frozenset("clojure composer dart elixir erlang gcc haskell julia perl swift archlinux".split())
"""Those and others in which root runs the steps. Any other name without a slash may be an image of one's own."""


def is_root(model: LayerModel, step: Step) -> bool:
    """True if a step surely runs as root: a USER says so, or the base is a known official image or .NET's SDK."""
    if step.user is not None:
        return step.user in ROOTS
    return official_name(model, step) in _OF_ROOT | {"mcr.microsoft.com/dotnet/sdk"}


def official_name(model: LayerModel, step: Step) -> str:
    """The base image without tag, digest and what may stand before an official one; empty if it is not known."""
    image = (model.base_image(step.stage) or "").removeprefix("docker.io/").removeprefix("library/")
    return image.partition("@")[0].partition(":")[0]


def home_of(model: LayerModel, step: Step, fact: Facts) -> str | None:
    """The home directory that a command sees; None where nobody can tell."""
    environment = environment_of(fact.command, model.environment(step))
    if "HOME" in environment:
        home = environment["HOME"]
        return home.rstrip("/") if home is not None and home.startswith("/") else None
    return "/root" if is_root(model, step) and "sudo" not in fact.command.wrappers else None


def cache_place(model: LayerModel, step: Step, fact: Facts, cache: CacheDir) -> str | None:
    """The image path in which the command keeps its downloads; None where nobody can tell."""
    match = fact.match
    given = [value for option in cache.options for value in (match.options.get(option, ()) if match else ())]
    if given:
        return _absolute(given[-1])
    environment = environment_of(fact.command, model.environment(step))
    for name in cache.environment:
        if name in environment:
            value = environment[name]
            below = f"/{cache.below}" if cache.below and name == cache.environment[-1] else ""
            return _absolute(f"{value.rstrip('/')}{below}") if value else None
    base = model.base_image(step.stage) or ""
    if cache.images is not None and cache.images.fullmatch(base) or cache.home is None and cache.images is None:
        return cache.target
    if cache.home is None:
        return None
    home = home_of(model, step, fact)
    if home is None:
        return None
    if home == "/root" and cache.images is None:
        return cache.target
    if cache.home.startswith(".cache/") and "XDG_CACHE_HOME" in environment:
        root = environment["XDG_CACHE_HOME"]
        return _absolute(f"{root.rstrip('/')}/{cache.home.removeprefix('.cache/')}") if root else None
    return f"{home}/{cache.home}"


def _absolute(path: str) -> str | None:
    path = path.rstrip("/")
    return path if path.startswith("/") and "$" not in path and known(path) else None


def holder(step: Step, place: str) -> Mount | None:
    """The cache mount of a step in which a path lies."""
    for mount in step.mounts:
        if mount.kind == "cache" and mount.target is not None and within(place, mount.target):
            return mount
    return None
