"""The dependency step that is put above the source, for a command that downloads on its way."""

from __future__ import annotations

from copylast.layers.classify import Fetch
from copylast.layers.commands import Facts, command_name
from copylast.layers.model import LayerModel
from copylast.layers.paths import join, relative
from copylast.layers.steps import Step
from copylast.records import NamedTuple
from copylast.regexes import lazy_regex
from copylast.rule.blocks import cased
from copylast.rule.cut import Head, refuse_removals, run_head
from copylast.rule.refusal import Refused

_WITH_THE_BUILD = frozenset({"ssh", "secret"})
_PLAIN = lazy_regex(r"[A-Za-z0-9_./@+][A-Za-z0-9_./@+-]*")


class EarlyRun(NamedTuple):
    """A new RUN.

    ``facts`` are those of its dependency command. ``head`` is the part of the old RUN that must run before
    it, what installs the tool above all; None if there is none.
    """

    text: str
    facts: Facts
    head: Head | None


def early_run(model: LayerModel, step: Step, build: Facts, fetch: Fetch) -> EarlyRun:
    """The RUN that does ``fetch``, for the command ``build`` of the RUN ``step``. Raises :class:`Refused`."""
    early = fetch.facts
    head: Head | None = None
    repeated: tuple[str, ...] = ()
    from copylast.layers.early import PROGRAM

    if fetch.prefetch.append or PROGRAM in fetch.prefetch.command:
        # It is the tool's own command, so it must find the tool and its surroundings as the old one does.
        facts = model.facts(step)
        lead = facts[: next(i for i, fact in enumerate(facts) if fact.command is build.command)]
        spoiler = next((fact for fact in lead if fact.role in ("open", "build")), None)
        if spoiler is not None:
            raise Refused(7, f"{spoiler.why}, and it runs before `{command_name(build)}` in the same step")
        if any(fact.role != "carry" for fact in lead):
            head = run_head(model, step, _any, lambda fact: fact.command is build.command)
            repeated = head.repeated
        else:
            repeated = _carried(model, step, lead)
        refuse_removals(facts[len(lead) + 1 :], early.closure.writes if early.closure is not None else ())
    source = model.dockerfile.source
    flags = [
        source.slice(flag.span)
        for flag in step.instruction.flags
        if flag.name in ("network", "security")
        or (flag.name == "mount" and any(f"type={kind}" in (flag.value or "") for kind in _WITH_THE_BUILD))
    ]
    prefixes = [f"{name}={word.raw}" for name, word in early.command.environment]
    words = [word.raw for word in early.command.words]
    if not any(text.split()[:1] == ["cd"] for text in repeated):
        cwd = _shell_directory(step, build) if fetch.prefetch.append else early.cwd
        repeated = (*repeated, *_into(step, early, cwd))
    said = " && ".join([*repeated, " ".join([*prefixes, *words])])
    return EarlyRun(" ".join([cased(source, step.instruction, "RUN"), *flags, said]), early, head)


def _any(fact: Facts) -> bool:
    return True


def _carried(model: LayerModel, step: Step, lead: tuple[Facts, ...]) -> tuple[str, ...]:
    """The texts of the commands before the old one, whose settings the new one needs too."""
    items = model.script(step).items
    for fact in lead:
        item = items[fact.command.item]
        if not item.plain or item.operator != "&&" or fact.command.argv[:1] in (("pushd",), ("popd",), ("unset",)):
            raise Refused(7, "what the step sets before the command cannot be said again")
    return tuple(model.dockerfile.source.slice(items[fact.command.item].span) for fact in lead)


def _shell_directory(step: Step, build: Facts) -> str | None:
    """The directory in which the shell stands, without the command's own option."""
    if build.role != "install" or build.match is None or build.match.directory is None:
        return build.cwd
    place: str | None = step.cwd
    for part in build.command.directory or ():
        place = join(place, part) if place is not None else None
    return place


def _into(step: Step, early: Facts, cwd: str | None) -> tuple[str, ...]:
    """``cd`` into the directory ``cwd`` of the command, where that is not the step's own."""
    if cwd == step.cwd:
        return ()
    written = early.command.directory or ()
    if any("$" in part for part in written):
        return tuple(f"cd {part}" for part in written)
    path = relative(cwd, step.cwd) if cwd is not None else None
    path = path or cwd
    if path is None or not _PLAIN.fullmatch(path):
        raise Refused(7, "the directory of the command cannot be named")
    return (f"cd {path}",)
