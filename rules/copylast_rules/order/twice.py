"""Installs that do the work of an earlier one of the same stage once more: what CPL106 looks for."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase

from copylast import Again, ContextError, Facts, LayerModel, NamedTuple, Step, View, keeps_downloads, within
from copylast.typed import Literal
from copylast_rules.order.installs import installs_below_source, installs_dependencies

How = Literal["anew", "removed", "forced", "copied", "elsewhere", "lock"]


class Placed(NamedTuple):
    """A command and the step that it stands in."""

    step: Step
    fact: Facts


_LOOKS_BACK = 40
"""How many commands above an install are looked at: with all of them a file of many installs costs their square."""


class Twice(NamedTuple):
    """``later`` does again what ``first`` did, or, for *copied*, what ``first`` did in another stage.

    ``by`` is the step that people should look at: that of ``first``, or the COPY that brought its work.
    ``same_choice`` is True if both choose the same of the dependencies.
    """

    later: Placed
    first: Placed
    how: How
    by: Step
    same_choice: bool


def installs_twice(view: View) -> Iterator[Twice]:
    """Every install, in the stages that the build needs, whose work was surely done before."""
    model = view.layers
    spoken = {below.step.index for below in installs_below_source(view)}
    for stage in model.stages:
        if stage.index not in model.reachable():
            continue
        placed = [Placed(s, fact) for s in stage.steps if s.keyword == "RUN" for fact in model.facts(s)]
        for at, later in enumerate(placed):
            again = again_of(later.fact)
            if again is None or later.step.index in spoken or not _installs(model, later, again):
                continue
            assert later.fact.match is not None
            if keeps_downloads(model, later.step, later.fact.match.ecosystem):
                continue
            near = placed[max(0, at - _LOOKS_BACK) : at]
            found = _done_before(model, near, later, again) or _copied(model, later, placed[:at], again)
            if found is not None:
                yield found


def again_of(fact: Facts) -> Again | None:
    """What is known of second commands of the command's manager; None: they are taken to be cheap."""
    return fact.match.ecosystem.again if fact.match is not None else None


def _installs(model: LayerModel, placed: Placed, again: Again) -> bool:
    """True for a command that surely runs, and surely leaves in the image what manifests name."""
    fact = placed.fact
    if fact.match is None or fact.match.kind != "deps" or not installs_dependencies(fact) or not surely(fact):
        return False
    if fact.cwd is None or any(given(fact, again.unclear)):
        return False
    targets = [mount.target for mount in placed.step.mounts]
    return not any(
        t is None or within(t, directory) or within(directory, t) for t in targets for directory in _directories(fact)
    )


def surely(fact: Facts) -> bool:
    """True for a command that runs whenever its step does."""
    return fact.command.certainty == "certain" and not fact.command.guards


def given(fact: Facts, globs: Iterable[str]) -> Iterator[str]:
    """The options and arguments of a command that one of the globs names."""
    assert fact.match is not None
    words = (*fact.match.options, *fact.match.positional)
    return (word for word in words if any(fnmatchcase(word, glob) for glob in globs))


def _directories(fact: Facts) -> list[str]:
    """Where the manager keeps what it installs beside the manifest."""
    assert fact.match is not None and fact.cwd is not None
    return [f"{fact.cwd.rstrip('/')}/{name}" for name in fact.match.ecosystem.dependency_dirs]


def _same_manager(one: Facts, other: Facts) -> bool:
    return one.match is not None and other.match is not None and one.match.ecosystem.id == other.match.ecosystem.id


def _done_before(model: LayerModel, above: Sequence[Placed], later: Placed, again: Again) -> Twice | None:
    """The last install above that did the same work, if nobody made use of it in between."""
    names = _names(later.fact)
    removals: list[Placed] = []
    for first in reversed(above):
        # One that is ignored may have failed, and the later one is there for that.
        if _same_manager(first.fact, later.fact) and _installs(model, first, again) and not first.fact.command.ignored:
            how = _how(model, first, later, again, removals)
            if how is not None:
                same_choice = _choice(model, first, again) == _choice(model, later, again)
                return Twice(later, first, how, first.step, same_choice)
        if _may_use(first.fact, names):
            return None  # of all that stand further up, too
        if _program(first.fact) == "rm":
            removals.append(first)
    return None


def _how(model: LayerModel, first: Placed, later: Placed, again: Again, removals: Sequence[Placed]) -> How | None:
    """Why the later install cannot be a cheap one, with these ``rm`` between; None if it can."""
    assert later.fact.match is not None
    same_choice = _choice(model, first, again) == _choice(model, later, again)
    if first.fact.cwd == later.fact.cwd:
        if later.fact.match.subcommand in again.anew:
            return "anew"
        if again.beside and any(_removes(placed.fact, _directories(first.fact)) for placed in removals):
            return "removed"
        if again.beside and same_choice and _other_lock(model, first, later):
            return "lock"
    elif again.beside and same_choice and _same_files(model, first, later):
        return "elsewhere"
    forced = any(given(later.fact, again.options))
    return "forced" if forced and same_choice and _same_files(model, first, later) else None


def _choice(model: LayerModel, placed: Placed, again: Again) -> list[tuple[str, object]]:
    """The options and variables that choose among the dependencies."""
    known = model.shared(_choices)
    # The model keeps its facts, so that no other one gets the same id.
    key = id(placed.fact)
    if key not in known:
        known[key] = _choice_of(model, placed, again)
    return known[key]


def _choices(model: LayerModel) -> dict[int, list[tuple[str, object]]]:
    return {}


def _choice_of(model: LayerModel, placed: Placed, again: Again) -> list[tuple[str, object]]:
    fact = placed.fact
    assert fact.match is not None
    options = fact.match.options
    found: list[tuple[str, object]] = [(word, options.get(word)) for word in sorted(given(fact, again.choose))]
    variables: dict[str, object] = dict(model.environment(placed.step))
    variables.update((name, word.raw) for name, word in fact.command.environment)
    names = sorted(name for name in variables if any(fnmatchcase(name, glob) for glob in again.choose))
    return [*found, *((name, variables[name]) for name in names)]


def _same_files(model: LayerModel, first: Placed, later: Placed) -> bool:
    """True if all that the later install reads are the files of the context that the first one read."""
    one, other = _origins(model, first), _origins(model, later)
    return bool(other) and None not in other.values() and other == {name: one.get(name) for name in other}


def _origins(model: LayerModel, placed: Placed) -> dict[str, str | None]:
    """What an install reads: name from its directory -> path in the build context."""
    closure, cwd = placed.fact.closure, placed.fact.cwd
    if closure is None or cwd is None:
        return {}
    tree = model.tree(placed.step)
    found: dict[str, str | None] = {}
    for need in closure.needs:
        if need.required:
            origin = tree.origin(need.path)
            found[posixpath.relpath(need.path, cwd)] = origin.path if origin is not None else None
    return found


def _other_lock(model: LayerModel, first: Placed, later: Placed) -> bool:
    """True if both see a lock in the same place, from other files of the context with another text."""
    assert later.fact.match is not None and later.fact.cwd is not None
    old, new = model.tree(first.step), model.tree(later.step)
    for name in later.fact.match.ecosystem.lockfiles:
        path = f"{later.fact.cwd.rstrip('/')}/{name}"
        one, other = old.origin(path), new.origin(path)
        if one is None or other is None or one.path == other.path:
            continue
        try:
            return old.read(path) != new.read(path)
        except ContextError:
            return False
    return False


def _names(fact: Facts) -> frozenset[str]:
    assert fact.match is not None
    return frozenset(fact.match.ecosystem.dependency_dirs)


def _may_use(fact: Facts, names: frozenset[str]) -> bool:
    """True if a command may make use of what was installed: it names the directory, or may do anything."""
    return anything(fact) or (
        _program(fact) != "rm" and any(not names.isdisjoint(_parts(word)) for word in fact.command.argv)
    )


def _parts(word: str) -> list[str]:
    return word.replace("=", "/").replace(":", "/").split("/")


_RUNNERS = frozenset({"make", "just", "task", "sh", "bash", "dash", "ash", "zsh", "eval", "xargs", "find"})


def anything(fact: Facts) -> bool:
    """True for a command that runs other commands, and nobody can say which."""
    if fact.role not in ("open", "build"):
        return False
    if not fact.command.words or _program(fact) in _RUNNERS:
        return True
    return fact.match is None and "/" in fact.command.argv[0]


def _program(fact: Facts) -> str:
    return posixpath.basename(fact.command.argv[0]) if fact.command.words else ""


def _removes(fact: Facts, directories: Iterable[str]) -> bool:
    """True for ``rm`` of one of the directories."""
    if _program(fact) != "rm" or fact.cwd is None or not surely(fact):
        return False
    places = {posixpath.normpath(posixpath.join(fact.cwd, word)) for word in fact.command.argv[1:]}
    return not places.isdisjoint(directories)


def _copied(model: LayerModel, later: Placed, above: Sequence[Placed], again: Again) -> Twice | None:
    """A COPY above that brings what the same manager installed in another stage, where the install removes it."""
    assert later.fact.match is not None
    if later.fact.match.subcommand not in again.anew:
        return None
    places = _directories(later.fact)
    for step in reversed(model.stages[later.step.stage].steps):
        copy = step.copy
        if copy is None or copy.stage is None or step.index > later.step.index or copy.dest not in places:
            continue
        first = _made_there(model, copy.stage, [posixpath.join("/", source) for source in copy.sources], later, again)
        between = [placed for placed in above if placed.step.index > step.index]
        names = _names(later.fact)
        if first is None or len(copy.sources) != 1 or any(_may_use(placed.fact, names) for placed in between):
            continue
        return Twice(later, first, "copied", step, _choice(model, first, again) == _choice(model, later, again))
    return None


def _made_there(
    model: LayerModel, stage: int, sources: Iterable[str], later: Placed, again: Again
) -> Placed | None:
    """The install of another stage that made what a COPY takes from it."""
    taken = {posixpath.normpath(source) for source in sources}
    for step in reversed(model.stages[stage].chain_steps):
        if step.keyword != "RUN":
            continue
        for fact in model.facts(step):
            found = Placed(step, fact)
            if _same_manager(fact, later.fact) and _installs(model, found, again):
                if not taken.isdisjoint(_directories(fact)):
                    return found
    return None
