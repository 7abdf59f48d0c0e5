"""What keeps a cache mount empty: options, variables and commands of the very step that has it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from copylast.dockerfile.shell import ShellWord
from copylast.ecosystem.descriptor import CacheDir, Match
from copylast.layers.cachedirs import cache_place, holder
from copylast.layers.commands import Facts, environment_of
from copylast.layers.copies import Mount
from copylast.layers.model import LayerModel
from copylast.layers.paths import join, overlap, within
from copylast.layers.steps import Step
from copylast.records import NamedTuple

_TRUE = frozenset({"1", "true", "yes", "on"})


class Defeat(NamedTuple):
    """Something that empties a cache mount, or keeps a manager from filling it.

    ``words`` are those of the command that can go, without a change to the image; if they are all of its words but
    the options, the command can go. None where it cannot be said that nothing would change; ``why`` says so then.
    """

    how: Literal["option", "command", "variable", "removal"]
    fact: Facts
    said: str
    mount: Mount
    words: tuple[ShellWord, ...] | None
    why: str = ""

    @property
    def whole(self) -> bool:
        """True if all of the command can go."""
        return self.how == "command" or self.how == "removal" and len(self.words or ()) == _named(self.fact)


def _named(fact: Facts) -> int:
    return sum(not word.raw.startswith("-") for word in fact.command.words[1:])


def defeats(model: LayerModel, step: Step) -> list[Defeat]:
    """All of them in a step, in the order of its commands."""
    if not any(mount.kind == "cache" for mount in step.mounts):
        return []
    facts = model.facts(step)
    found: list[Defeat] = []
    for fact in facts:
        if fact.command.argv[:1] == ("rm",):
            found += _removal(model, step, fact, facts)
        elif (match := _match(model, fact)) is not None:
            found += _of_manager(model, step, fact._replace(match=match))
    return found


def _match(model: LayerModel, fact: Facts) -> Match | None:
    """The command as its manager's; what only clears a cache counts as no command of it elsewhere."""
    if fact.match is not None or fact.role != "free":
        return fact.match
    return next(iter(model.registry.candidates(fact.command.argv)), None)


def _of_manager(model: LayerModel, step: Step, fact: Facts) -> Iterator[Defeat]:
    match, command = fact.match, fact.command
    assert match is not None
    program = match.program.rstrip("0123456789.")
    said = f"{' '.join((program, *match.subcommand, *match.positional))} "
    environment = environment_of(command, model.environment(step))
    for cache in match.ecosystem.caches:
        place = cache_place(model, step, fact, cache)
        mount = holder(step, place) if place is not None else _perhaps(step, cache)
        if mount is None:
            continue
        for flag in cache.drop_flags:
            if " " in flag:
                if said.startswith(f"{flag} ") and match.kind == "noop":
                    yield Defeat("command", fact, flag, mount, command.words if place is not None else None, _UNKNOWN)
                    return
            elif flag in match.options and match.kind != "noop":
                words = tuple(word for word in command.words if word.raw == flag)
                sure = bool(words) and _all_held(model, step, fact, flag)
                yield Defeat("option", fact, flag, mount, words if sure else None, _UNKNOWN)
                return
        for name in cache.drop_environment:
            if (environment.get(name) or "").lower() in _TRUE and match.kind != "noop":
                yield Defeat("variable", fact, name, mount, None, f"other steps may want {name}")
                return


_UNKNOWN = "where the cache lies without it is not known"


def _all_held(model: LayerModel, step: Step, fact: Facts, flag: str) -> bool:
    """True if all that the manager would keep without the option would lie in a cache mount."""
    assert fact.match is not None
    for cache in fact.match.ecosystem.caches:
        if flag in cache.drop_flags:
            place = cache_place(model, step, fact, cache)
            if place is None or holder(step, place) is None:
                return False
    return True


def _perhaps(step: Step, cache: CacheDir) -> Mount | None:
    """The mount that holds a cache for some user."""
    ends = [f"/{cache.home}"] if cache.home else []
    for mount in step.mounts:
        if mount.kind == "cache" and mount.target is not None:
            if any(mount.target.rstrip("/").endswith(end) for end in ends):
                return mount
    return None


def _removal(model: LayerModel, step: Step, fact: Facts, facts: tuple[Facts, ...]) -> Iterator[Defeat]:
    inside: list[ShellWord] = []
    held: Mount | None = None
    for word in fact.command.words[1:]:
        text = word.value
        if text is None or word.names or text.startswith("-") or "{" in text or fact.cwd is None:
            continue
        path = join(fact.cwd, text.removesuffix("/*"))
        mount = holder(step, path) if path is not None and "*" not in path else None
        if path is not None and mount is not None and _kept(model, step, path, mount, facts):
            inside.append(word)
            held = held or mount
    if held is not None:
        said = " ".join(("rm", *(word.raw for word in inside)))
        yield Defeat("removal", fact, said, held, tuple(inside))


def _kept(model: LayerModel, step: Step, path: str, mount: Mount, facts: tuple[Facts, ...]) -> bool:
    """True if a path is all of the mount, or what a manager of the step keeps in it."""
    if mount.target is not None and within(mount.target, path):
        return True
    for fact in facts:
        for cache in fact.match.ecosystem.caches if fact.match is not None else ():
            place = cache_place(model, step, fact, cache)
            if place is not None and overlap(place, path) and holder(step, place) is mount:
                return True
    return False
