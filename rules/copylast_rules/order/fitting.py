"""The fix for a dependency step that lacks an option of the command that it serves: it gets the option."""

from __future__ import annotations

import posixpath
import re

from copylast import Edit, Effect, Facts, Fix, LayerModel, Plan, Refused, Safety, Step, View, within
from copylast_rules.order.unfit import Unfit


def plan_option(view: View, unfit: Unfit) -> Plan:
    """The dependency step with the options that are missing. Raises :class:`Refused`."""
    model = view.layers
    early, late = unfit.early, unfit.late
    if not unfit.missing:
        raise Refused(7, "which of the two is meant, only people know")
    if view.context is None:
        raise Refused(4, "there is no build context to look into")
    _refuse_other_circumstances(model, early.step, late.step, late.fact)
    source, instruction = model.dockerfile.source, early.step.instruction
    last = early.fact.command.words[-1]
    if source.slice(last.span) != last.raw:
        raise Refused(7, "the command does not stand in the Dockerfile as words of a shell")
    end = last.span.end
    new = f" {_missing(model, unfit)}"
    text = source.text[instruction.span.start : end] + new + source.text[end : instruction.span.end]
    effect = Effect(rewrites=((instruction.index, (text,)),), fits=(instruction.index,))
    doubts = _left_behind(model, unfit)
    if not view.context_certain:
        doubts = (*doubts, "the build context was guessed, and another one is possible")
    safety = Safety.UNSAFE if doubts else Safety.SAFE
    edit = Edit(source.path, end, end, new)
    return Plan(Fix(f"Give `{unfit.option}` to the dependency step", (edit,), safety, effect), doubts)


def _refuse_other_circumstances(model: LayerModel, early: Step, late: Step, fact: Facts) -> None:
    """Raise :class:`Refused` if the late command has something that the early one may miss."""
    between = [s for s in model.stages[early.stage].steps if early.index < s.index <= late.index and s.keyword == "RUN"]
    if [late] != between:
        raise Refused(7, f"line {between[0].line if between else early.line} may prepare what the option needs")
    if model.facts(late)[0] is not fact or fact.command.environment:
        raise Refused(7, "what stands before the later command may prepare what the option needs")
    if model.variables(early) != model.variables(late) or early.user != late.user:
        raise Refused(7, "a variable or the user changes between the two")
    if any(mount.kind != "cache" for mount in (*early.mounts, *late.mounts)):
        raise Refused(7, "one of the two mounts files that the other does not see")


def _missing(model: LayerModel, unfit: Unfit) -> str:
    """The options as they are written: those of the dependency step that the later command asks for, or the one."""
    early, late = unfit.early.fact, unfit.late.fact
    assert early.match is not None and late.match is not None
    fetch = model.prefetch(unfit.late.step, late)
    asked = fetch.facts if fetch is not None and fetch.prefetch.safety == "safe" else None
    if asked is None or asked.match is None:
        words = [word for word in late.command.words if word.value in unfit.option.split(" ")]
    else:
        if any(asked.match.options.get(name, values) != values for name, values in early.match.options.items()):
            raise Refused(7, "another option differs between the two")
        known = {word.raw for word in early.command.words} | {*early.match.subcommand, *asked.match.positional}
        words = [word for word in asked.command.words if word.raw not in known]
    if any(word.value is None or word.names - model.environment(unfit.early.step).keys() for word in words):
        raise Refused(7, "the value of the option is only known to the shell of the build")
    return " ".join(word.raw for word in words)


_WHOLE = frozenset({"debug", "release", "deps", "build"})
"""Directories in what a build makes: who copies one of them takes along what was left there."""


def _left_behind(model: LayerModel, unfit: Unfit) -> tuple[str, ...]:
    """Why the image may lack what the step makes today beside what is needed."""
    step, early, late = unfit.early.step, unfit.early.fact, unfit.late.fact
    assert early.match is not None and late.match is not None and early.cwd is not None
    if late.match.kind == "deps+project":
        return ()  # it does the work of the step itself, and leaves the same whatever it found
    made = [f"{early.cwd.rstrip('/')}/{name}" for name in early.match.ecosystem.dependency_dirs]
    having = {s.index for s in model.stages if any(part.index == step.stage for part in model.chain(s.index))}
    steps = [other for stage in model.stages for other in stage.steps]
    copies = [copy for s in steps for copy in (s.copy, *(mount.copy for mount in s.mounts)) if copy is not None]
    places = [_before_wildcard(source) for copy in copies if copy.stage in having for source in copy.sources]
    kept = model.evaluation.target in having or any(within(path, place) for path in made for place in places)
    kept = kept or any(within(place, path) and posixpath.basename(place) in _WHOLE for path in made for place in places)
    return ("what the step makes today, and nobody uses, would be missing in the image",) if kept else ()


def _before_wildcard(source: str) -> str:
    """The directory, or file, that surely holds all that a source of a COPY --from means."""
    plain = re.split(r"[*?\[\\]", source)[0]
    return posixpath.normpath(posixpath.join("/", plain if plain == source else posixpath.dirname(plain)))
