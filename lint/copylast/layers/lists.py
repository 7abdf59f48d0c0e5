"""The lists of packages that a system's package manager works with: who fetches them, who uses them.

A step that fetches them is taken from the cache like any other, however old they are by then.
"""

from __future__ import annotations

from copylast.dockerfile.shell import ShellWord
from copylast.ecosystem.descriptor import PackageLists
from copylast.layers.commands import Facts
from copylast.layers.environ import quiet
from copylast.layers.model import LayerModel
from copylast.layers.paths import overlap
from copylast.layers.steps import Step
from copylast.records import NamedTuple


def _program(fact: Facts) -> str:
    return fact.command.argv[0].rsplit("/", 1)[-1] if fact.command.argv else ""


def lists_of(fact: Facts) -> PackageLists | None:
    """The lists that the program of a command keeps; None if it keeps none."""
    match = fact.match
    if match is None or not match.ecosystem.lists:
        return None
    return next((one for one in match.ecosystem.lists if one.program.fullmatch(match.program)), None)


def fetches(fact: Facts) -> bool:
    """True for a command that fetches lists and does nothing else."""
    match = fact.match
    if match is None or match.positional:
        return False
    lists = lists_of(fact)
    return lists is not None and match.subcommand in lists.fetch


def renews(fact: Facts, lists: PackageLists) -> bool:
    """True for a command after which the lists are new, whatever else it does."""
    match = fact.match
    if lists.also is not None and lists.also.fullmatch(_program(fact)):
        return True
    if match is None or not lists.program.fullmatch(match.program):
        return False
    return match.subcommand in lists.fetch or match.subcommand in lists.renew


def uses(fact: Facts) -> PackageLists | None:
    """The lists that a command installs from as they are; None if it needs none."""
    lists, match = lists_of(fact), fact.match
    if lists is None or match is None or match.kind != "tool" or renews(fact, lists):
        return None
    return lists if match.subcommand in lists.use else None


def may_renew(fact: Facts, lists: PackageLists) -> bool:
    """True for a command that nobody can follow: it may fetch lists."""
    if fact.match is not None or fact.role not in ("open", "build"):
        return False
    # ``apt-get $WHAT`` is a small tool of the system, too.
    return not quiet(fact) or bool(lists.program.fullmatch(_program(fact))) and "install" not in fact.command.argv


def may_drop(fact: Facts, lists: PackageLists) -> bool:
    """True for a command that removes the lists, or has words that may stand for them."""
    if fact.match is not None and fact.match.ecosystem.system and lists.program.fullmatch(fact.match.program):
        return "distclean" in fact.match.subcommand
    return any(_around(word.raw, lists.directory) for word in fact.command.words[1:])


def _around(text: str, place: str) -> bool:
    at = min([text.find(c) for c in "*?[{" if c in text], default=None)
    plain = text if at is None else text[:at]
    if not plain.startswith("/"):
        return False
    if at is None:
        return overlap(plain.rstrip("/") or "/", place)
    return f"{place}/".startswith(plain) or plain.startswith(f"{place}/")


def stirs(model: LayerModel, step: Step, lists: PackageLists) -> bool:
    """True if a step may change the lists, or what says where they come from."""
    places = (lists.directory, *lists.sources)
    if step.copy is not None:
        return any(overlap(step.copy.dest, place) for place in places) or not step.copy.dest.startswith("/")
    return step.keyword == "RUN" and any(_stirs(fact, lists, places) for fact in model.facts(step))


def _stirs(fact: Facts, lists: PackageLists, places: tuple[str, ...]) -> bool:
    command, match = fact.command, fact.match
    if renews(fact, lists) or lists.steered_by is not None and lists.steered_by.fullmatch(_program(fact)):
        return match is None or match.kind != "noop"
    words = (*command.words[1:], *(r.target for r in command.redirects if ">" in r.operator))
    if match is not None and match.ecosystem.system:
        return match.kind not in ("tool", "noop")
    if any(_around(word.raw, place) for word in words for place in places):
        return True
    if match is not None or fact.role in ("free", "carry"):
        return False
    return not quiet(fact) or fact.cwd is None or any(map(_made_here, words)) or _inside(fact.cwd, places)


def _made_here(word: ShellWord) -> bool:
    return word.value is None or bool(word.names)


def _inside(cwd: str, places: tuple[str, ...]) -> bool:
    return any(overlap(cwd, place) for place in places if cwd != "/")


class ListsSource(NamedTuple):
    """Where the lists of a command come from: the command that fetched them, in a step above."""

    step: Step
    fact: Facts


def lists_source(model: LayerModel, step: Step, lists: PackageLists) -> ListsSource | None:
    """The command above ``step`` that fetched the lists which are there; None if there are none, or nobody knows."""
    mounted = _mounted(step, lists)
    for above in reversed(model.before(step)):
        if above.keyword != "RUN":
            continue
        for fact in reversed(model.facts(above)):
            if renews(fact, lists):
                return ListsSource(above, fact) if _mounted(above, lists) == mounted else None
            if may_drop(fact, lists):
                return None
    return None


def _mounted(step: Step, lists: PackageLists) -> tuple[str | None, ...]:
    """The mounts of a step that hold the lists."""
    return tuple(m.target for m in step.mounts if m.target is None or overlap(m.target, lists.directory))


def stale_use(model: LayerModel, step: Step) -> Facts | None:
    """The first command of a RUN that installs from lists as an earlier step left them, as far as the RUN says."""
    facts = model.facts(step)
    at = next((number for number, fact in enumerate(facts) if uses(fact) is not None), None)
    lists = uses(facts[at]) if at is not None else None
    if at is None or lists is None or any(may_renew(fact, lists) or renews(fact, lists) for fact in facts[:at]):
        return None
    # An install that failed may be tried again with new lists.
    again = (fact for fact in facts[at:] if fact.command.certainty != "certain")
    return None if any(may_renew(fact, lists) or fetches(fact) for fact in again) else facts[at]
