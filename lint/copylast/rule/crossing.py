"""Whether a COPY may sink below the steps that follow it. Everything is refused that is not surely the same build."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Mapping, Sequence

from copylast.layers.commands import Facts, command_name
from copylast.layers.downloads import keeps_packages
from copylast.layers.model import LayerModel
from copylast.layers.owners import Makers, made_by, touched
from copylast.layers.paths import SYSTEM_DIRS, join, overlap, within
from copylast.layers.reads import Reads
from copylast.layers.steps import TREE, Copy, Step
from copylast.layers.writes import beside, leaves_alone
from copylast.rule.cut import Head
from copylast.rule.refusal import Refused


def check_lowering(
    model: LayerModel, guilty: Sequence[Step], between: Sequence[Step], head: Head | None
) -> tuple[Facts, ...]:
    """All commands that the guilty COPYs would sink below, those of ``head`` included.

    Raises :class:`Refused` if one of them may read more than its closure or write where the source goes,
    or if a COPY would say something else at its new place.
    """
    facts: list[Facts] = []
    indexes = {g.index for g in guilty}
    for run in between:
        if run.keyword == "RUN" and run.index not in indexes:
            facts += _closed(model, run)
    if head is not None:
        facts += head.facts
    _check_writes(facts, guilty)
    for lowered in guilty:
        if lowered.copy is None:
            _check_removal(model, lowered, facts, [s for s in between if s.index > lowered.index], indexes)
            continue
        _check_crossing(model, lowered, [s for s in between if s.index > lowered.index], indexes)
    return tuple(facts)


def _closed(model: LayerModel, run: Step) -> tuple[Facts, ...]:
    reads: Reads = model.reads(run)
    if reads.open is not None:
        line = run.line
        raise Refused(7, f"line {line} stands between and {reads.open.why}")
    if reads.refusals:
        raise Refused(reads.refusals[0].gate, reads.refusals[0].reason)
    return model.facts(run)


def _check_writes(facts: Sequence[Facts], guilty: Sequence[Step]) -> None:
    copies = [g.copy for g in guilty if g.copy is not None]
    for fact in facts:
        if not leaves_alone(fact, copies):
            name = fact.command.argv[0] if fact.command.words else "the shell"
            raise Refused(7, f"`{name}` writes into the directory that the source is copied to")


def _check_crossing(model: LayerModel, lowered: Step, crossed: Sequence[Step], guilty: set[int]) -> None:
    """A COPY may sink below other instructions only if it says the same there and nobody overrides it."""
    copy = lowered.copy
    assert copy is not None
    used = model.names(lowered)
    for step in crossed:
        line = step.line
        if step.keyword in ("ENV", "ARG") and used & {pair.name.text for pair in step.instruction.pairs}:
            raise Refused(7, f"line {line} sets a variable that the COPY uses")
        if step.keyword in TREE and step.index not in guilty and step.copy is not None:
            from copylast.layers.overrides import overrides

            if overrides(model, step.copy, copy):
                raise Refused(7, f"line {line} copies over what line {lowered.line} brought")
        if step.keyword == "VOLUME":
            raise Refused(7, f"line {line} declares a volume between the COPY and the install")


def _check_removal(
    model: LayerModel, lowered: Step, facts: Sequence[Facts], crossed: Sequence[Step], guilty: set[int]
) -> None:
    """A RUN that only removes files may sink below what reads and makes other ones."""
    from copylast.layers.removals import removed_by_all

    paths = removed_by_all(model.facts(lowered))
    for fact in facts:
        if not beside(fact, paths):
            raise Refused(7, f"line {lowered.line} may remove what `{command_name(fact)}` reads or makes")
    for step in crossed:
        if step.keyword in ("USER", "SHELL", "ENV", "ARG", "VOLUME"):
            raise Refused(7, f"line {step.line} changes what line {lowered.line} runs with")
        if step.copy is not None and step.index not in guilty and any(overlap(step.copy.dest, p) for p in paths):
            raise Refused(7, f"line {step.line} copies what line {lowered.line} would remove")


def into_system(model: LayerModel, copies: Iterable[Copy]) -> str | None:
    """What is said of files among the system's own, which may steer an install (certificates, settings), or None."""
    for copy in copies:
        if copy.dest in SYSTEM_DIRS or copy.dest in _STEERING or copy.dest.startswith(_BELOW_STEERING):
            return f"the COPY brings files into {copy.dest}, which the install may read"
        if copy.dest not in ("/", "?") or copy.selection is None or model.context is None:
            continue
        for system in SYSTEM_DIRS:
            twin = copy.selection.context_path((copy.dest if copy.dest != "/" else "") + system)
            if twin is not None and model.context.entry(twin) is not None:
                return f"the COPY may bring files into {system}, which the install may read"
    return None


def refuse_missing_directories(
    model: LayerModel, guilty: Sequence[Step], between: Sequence[Step], facts: Sequence[Facts], early: Iterable[str]
) -> None:
    """A command that changes into a directory must find it: only what sinks below it may have made it.

    ``early`` are image paths of what is copied above it. Raises :class:`Refused`.
    """
    away = {g.index for g in guilty}
    there = [path for s in (*model.before(guilty[0]), *between) if s.index not in away for path in made_by(s)[0]]
    there += [path for one in early for path in (one, posixpath.dirname(one))]
    dests = [g.copy.dest for g in guilty if g.copy is not None]
    for fact in facts:
        command, cwd = fact.command, fact.cwd
        if command.argv[:1] == ("mkdir",) and cwd is not None:
            there += [path for word in command.argv[1:] if (path := join(cwd, word)) is not None]
        if command.directory == () or fact.role == "carry":
            continue
        if cwd is None:
            raise Refused(7, f"the directory in which `{command.argv[0]}` runs is not known")
        if not any(overlap(cwd, dest) for dest in dests) or cwd in _EVERYWHERE:
            continue
        if not any(within(path, cwd) for path in there):
            raise Refused(7, f"{_shown(cwd)}, where `{command.argv[0]}` runs, is made by the COPY")


_EVERYWHERE = frozenset({"/", "/tmp", "/root", "/opt", "/home", "/usr/src", "/usr/local", "/var/www", "/usr/local/bin"})


def _shown(path: str) -> str:
    return path.removeprefix("?/")


_STEERING = (
    *("/etc", "/lib", "/lib64", "/bin", "/sbin", "/run", "/var/lib", "/var/cache"),
    *("/usr/bin", "/usr/sbin", "/usr/lib", "/usr/share", "/usr/include"),
    *(f"/usr/local{d}" for d in ("/bin", "/sbin", "/lib", "/etc", "/share", "/include")),
)
"""Where programs find settings, libraries and other programs."""
_BELOW_STEERING = tuple(f"{place}/" for place in _STEERING)


def refuse_cache_mounts(model: LayerModel, runs: Sequence[Step], writes: Sequence[str]) -> None:
    """What an install puts into a cache mount is in no layer, so that a step taken from the cache has made nothing.

    Raises :class:`Refused`.
    """
    for run in runs:
        for fact in model.facts(run):
            if fact.match and fact.match.kind in ("deps", "fetch") and keeps_packages(model, run, fact.match.ecosystem):
                raise Refused(9, f"what `{command_name(fact)}` installs is in a cache mount, not in a layer")
        for mount in run.mounts:
            if mount.kind != "cache" or mount.target is None:
                continue
            if any(overlap(mount.target, path) for path in writes) or within(run.cwd, mount.target):
                raise Refused(9, f"the install keeps its result in the cache mount {mount.target}, not in a layer")


def refuse_other_owners(
    model: LayerModel,
    guilty: Sequence[Step],
    between: Sequence[Step],
    carried: Mapping[int, object],
    step: Step,
    facts: Sequence[Facts],
) -> None:
    """A directory must be made by an instruction that gives it the owner that it has today.

    ``facts`` are the commands that come to stand above the COPYs, of the steps ``between`` and of ``step``.

    A COPY that leaves nothing at its old place no longer makes its destination there, and a WORKDIR or
    another COPY, or a command, may come to be the first. Raises :class:`Refused`.
    """
    away = [g for g in guilty if g.index not in carried]
    order = sorted([*guilty, *between], key=lambda step: step.index)
    order = list({step.index: step for step in order}.values())
    gone = {g.index for g in away}
    moved = {id(fact) for fact in facts}

    whole = model.shared(_touched)

    def touches(one: Step) -> tuple[str, ...]:
        if one.index >= guilty[0].index:
            return touched([fact for fact in model.facts(one) if id(fact) in moved])
        if one.index not in whole:
            whole[one.index] = touched(model.facts(one))
        return whole[one.index]

    for may_make in (None, touches):
        begun = _makers_of(model, guilty[0], may_make)
        old = Makers(begun).add([*order, step], may_make).found
        stay = [one for one in order if one.index not in gone]
        new = Makers(begun).add([*stay, step, *away], may_make).name(old).found
        for path, owner in old.items():
            if new.get(path) != owner:
                whom = "the user of the base image, who is not known" if new.get(path) == "?" else "another user"
                raise Refused(7, f"{path} is made by the COPY today, and would be made for {whom}")


def _makers_of(model: LayerModel, first: Step, touches: Callable[[Step], tuple[str, ...]] | None) -> Makers:
    """Those of all the steps above ``first``: they go on from what was found for a step further up."""
    above = model.before(first)
    known = model.shared(_known_makers)
    count, begun = known.get((first.stage, touches is None), (0, None))
    if count > len(above):
        count, begun = 0, None
    made = Makers(begun).add(above[count:], touches)
    known[first.stage, touches is None] = len(above), made
    return made


def _known_makers(model: LayerModel) -> dict[tuple[int, bool], tuple[int, Makers]]:
    """For a stage, without and with what its commands may make: after how many steps, and who made what by then."""
    del model
    return {}


def _touched(model: LayerModel) -> dict[int, tuple[str, ...]]:
    """What each step may make, by its index, as it is asked for: every fix asks it of all the steps above."""
    del model
    return {}
