"""Dependency steps that serve none of the commands below them, since an option is missing: what CPL106 looks for."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from fnmatch import fnmatchcase

from copylast import ContextError, Facts, Fit, LayerModel, NamedTuple, Step, View
from copylast_rules.order.twice import Placed, again_of, anything, given, surely


class Unfit(NamedTuple):
    """``early`` prepares what ``late`` cannot use. ``option`` is how the one that has the option writes it."""

    early: Placed
    late: Placed
    option: str
    missing: bool
    """True if it is the dependency step that lacks the option."""


def unfit_steps(view: View) -> Iterator[Unfit]:
    """Every dependency step, in the stages that the build needs, that serves no later command of its manager."""
    model = view.layers
    for stage in model.stages:
        if stage.index not in model.reachable():
            continue
        for step in stage.steps:
            for fact in model.facts(step) if step.keyword == "RUN" else ():
                again = again_of(fact)
                for fit in again.fits if again is not None else ():
                    found = _unfit(model, Placed(step, fact), fit)
                    if found is not None:
                        yield found


def _unfit(model: LayerModel, early: Placed, fit: Fit) -> Unfit | None:
    match = early.fact.match
    if match is None or match.subcommand not in fit.early or not surely(early.fact) or _unclear(model, early, fit):
        return None
    later = _users(model, early, fit)
    if not later or _settled(model, early, later[-1], fit):
        return None
    has = any(given(early.fact, fit.alike))
    for late in later:
        if _unclear(model, late, fit) or any(given(late.fact, fit.alike)) == has:
            return None
    own = (one for one in later if one.step.stage == early.step.stage and surely(one.fact))
    found = next((one for one in own if _places(one.fact) == _places(early.fact)), None)
    if found is None or (fit.only_with and (has or not any(given(found.fact, fit.only_with)))):
        return None
    return Unfit(early, found, _written(early.fact if has else found.fact, fit), not has)


def _places(fact: Facts) -> set[str] | None:
    """The projects that a command works on: what it names, or its directory; None where that is not known."""
    assert fact.match is not None
    if fact.cwd is None:
        return None
    named = [word for word in fact.match.positional if word.lower() != "true"]
    return {posixpath.normpath(posixpath.join(fact.cwd, word)) for word in named or ("",)}


def _written(fact: Facts, fit: Fit) -> str:
    """The option as the command writes it, with its value."""
    assert fact.match is not None
    name = next(given(fact, fit.alike))
    return " ".join((name, *fact.match.options[name][-1:])).rstrip()


def _users(model: LayerModel, early: Placed, fit: Fit) -> list[Placed]:
    """The commands that may build on the step; none if there are others that nobody can follow."""
    assert early.fact.match is not None
    manager = early.fact.match.ecosystem.id
    found: list[Placed] = []
    for step in _steps_after(model, early.step):
        for fact in model.facts(step):
            if fact.command is early.fact.command:
                found.clear()
            elif anything(fact):
                return []
            elif fact.match is None or fact.match.ecosystem.id != manager or fact.match.kind in ("tool", "noop"):
                continue
            elif fact.match.subcommand in fit.late:
                found.append(Placed(step, fact))
            else:
                return []
    return found


def _steps_after(model: LayerModel, early: Step) -> Iterator[Step]:
    """The RUNs from the step on that have its files: of its stage, of children, and of stages that copy from those."""
    having: set[int] = set()
    for stage in model.stages:
        copies = {step.copy.stage for step in stage.steps if step.copy is not None}
        chain = {part.index for part in model.chain(stage.index)}
        if early.stage in chain or copies & having:
            having.add(stage.index)
            yield from (step for step in stage.steps if step.keyword == "RUN" and step.index >= early.index)


def _unclear(model: LayerModel, placed: Placed, fit: Fit) -> bool:
    """True if something else may decide what the option decides."""
    fact = placed.fact
    assert fact.match is not None
    if any(given(fact, fit.unclear)) or any(word.startswith(("$", "`")) for word in fact.match.positional):
        return True
    variables = [*model.environment(placed.step), *(name for name, _ in fact.command.environment)]
    return any(fnmatchcase(name, glob) for name in variables for glob in fit.unclear)


def _settled(model: LayerModel, early: Placed, late: Placed, fit: Fit) -> bool:
    """True if the base image, a manifest or a setting may say what the option says, or nobody can look."""
    if fit.images is not None and not fit.images.fullmatch(model.base_image(early.step.stage) or ""):
        return True
    if fit.settled is None:
        return False
    fact = early.fact
    if model.context is None or fact.match is None or fact.cwd is None:
        return True
    tree = model.tree(late.step)
    needs = fact.closure.needs if fact.closure is not None else ()
    paths = {need.path for need in needs if need.what == "file"}
    at = fact.cwd
    while at:
        paths.update(f"{at.rstrip('/')}/{name}" for name in fact.match.ecosystem.settings)
        at = "" if at == "/" else posixpath.dirname(at)
    for path in paths:
        try:
            if tree.kind(path) == "file" and fit.settled.search(tree.read(path)):
                return True
        except ContextError:
            return True
    return False
