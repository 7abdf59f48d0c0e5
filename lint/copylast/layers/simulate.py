"""Two builds in a row: which steps of the second one the cache gives, and why not the others."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from copylast.layers.cache import Build, Cache, Found, Status, outputs_of
from copylast.layers.former import pair_steps
from copylast.layers.inputs import StepKey
from copylast.layers.profiles import BUILDKIT, Profile
from copylast.layers.reasons import Reason, causes
from copylast.layers.situations import Situation
from copylast.records import NamedTuple

__all__ = ["Cache", "Reason", "Status", "StepOutcome", "explain", "simulate", "simulate_change", "simulate_first"]

_NONE = Reason("", "")


class StepOutcome(NamedTuple):
    """What becomes of one step.

    ``stage`` is the stage in which it runs, ``instruction`` the index of its instruction in the file, ``part``
    that of its :class:`~copylast.layers.inputs.StepKey` (empty for an instruction's own step). ``why`` is the
    first of ``causes``; a cached step has none. ``after`` is the index of the instruction that began it all.
    """

    stage: int
    instruction: int
    part: str
    status: Status
    why: Reason
    causes: tuple[Reason, ...]
    after: int | None
    step: StepKey


def simulate(
    before: Situation, after: Situation, profile: Profile = BUILDKIT, *, assume: bool | None = None
) -> list[StepOutcome]:
    """Build ``before``, then ``after``: what becomes of the steps of the second build.

    ``assume`` says what steps that run again give: what they gave (True), something else (False), or nobody
    knows (None).
    """
    cache = Cache(profile, assume)
    first = cache.build(before)
    return explain(first, cache.build(after))


def simulate_change(
    situation: Situation,
    changed: Collection[str],
    profile: Profile = BUILDKIT,
    *,
    words: Mapping[str, str] | None = None,
) -> list[StepOutcome]:
    """What a change of these files rebuilds. No file is read: that they changed is what is asked.

    ``words`` say what happened to a path (see :meth:`Situation.with_changed`).
    """
    return simulate(situation, situation.with_changed(changed, words), profile)


def simulate_first(situation: Situation, why: str, profile: Profile = BUILDKIT) -> list[StepOutcome]:
    """Build where nothing was built before: every step runs, and ``why`` says for all of them that they are new."""
    reason = Reason("new", why)
    found = Cache(profile).build(situation).found
    return [StepOutcome(s.stage, s.index, s.part, "rebuilt", reason, (reason,), None, s) for s, *_ in found]


def explain(before: Build | None, after: Build) -> list[StepOutcome]:
    """The outcomes of ``after``, with what changed since ``before``."""
    former: dict[StepKey, StepKey] = {}
    if before is not None:
        steps = [one.step for one in after.found]
        former = pair_steps(before.situation, [one.step for one in before.found], after.situation, steps)
    found = after.by_step()
    begun: dict[StepKey, StepKey] = {}
    outcomes: list[StepOutcome] = []
    for one in after.found:
        reasons = () if one.status == "cached" else _reasons(one, found, former, begun, after.situation)
        culprit = begun.get(one.step)
        outcomes.append(
            StepOutcome(
                one.step.stage,
                one.step.index,
                one.step.part,
                one.status,
                reasons[0] if reasons else _NONE,
                reasons,
                culprit.index if culprit is not None else None,
                one.step,
            )
        )
    return outcomes


def _reasons(
    one: Found,
    found: Mapping[StepKey, Found],
    former: Mapping[StepKey, StepKey],
    begun: dict[StepKey, StepKey],
    situation: Situation,
) -> tuple[Reason, ...]:
    """Its own causes, then those of the steps it stands on. Notes where it began in ``begun``."""
    step = one.step
    own: list[Reason] = []
    if one.status == "cached-if-same":
        own = _open(step, found)
    elif step in former:
        own = causes(former[step], step)
    roots = [root for root in step.roots if found[root].status != "cached"]
    # Of two, the one that surely runs again is to blame.
    roots.sort(key=lambda root: found[root].status != "rebuilt")
    begun[step] = step if own or not roots else begun.get(roots[0], roots[0])
    reasons = own + [_after(begun.get(root, root), root, one) for root in roots]
    if not reasons and one.status == "rebuilt":
        if situation.settings.no_cache:
            reasons = [Reason("forced", "the build was told not to use the cache")]
        elif step in former:
            reasons = [_changed_output(step, found)]
        else:
            reasons = [Reason("new", "no build had this step")]
    return tuple(reasons)


def _open(step: StepKey, found: Mapping[StepKey, Found]) -> list[Reason]:
    """What nobody can know without building."""
    for output in outputs_of(step):
        if found[output.step].status != "cached":
            text = f"cached if {output.path} of {output.source} comes out the same"
            return [Reason("output", text, (output.path,), output.step.line)]
    if all(found[root].status == "cached" for root in step.roots):
        return [Reason("files", "which files it copies is not known")]
    return []


def _changed_output(step: StepKey, found: Mapping[StepKey, Found]) -> Reason:
    for output in outputs_of(step):
        if found[output.step].status == "rebuilt":
            return Reason("output", f"{output.path} of {output.source} changed", (output.path,), output.step.line)
    return Reason("lost", "no earlier build finished this step")


def _after(culprit: StepKey, root: StepKey, one: Found) -> Reason:
    if one.status == "cached-if-same":
        return Reason("after", f"cached if line {culprit.line} is", (), culprit.line)
    where = f"after line {culprit.line}" if culprit.part not in ("from", "image") else "on another base"
    return Reason("after", where, (), culprit.line)
