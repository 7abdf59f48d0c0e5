"""The cache keys of a build: every step of every stage that is built, with what enters its key."""

from __future__ import annotations

from copylast.dockerfile.nodes import Instruction
from copylast.layers import buildkit, chain
from copylast.layers.inputs import Input as Input
from copylast.layers.inputs import Output as Output
from copylast.layers.inputs import StepKey as StepKey
from copylast.layers.places import Place
from copylast.layers.profiles import BUILDKIT, Profile
from copylast.layers.situations import Situation
from copylast.layers.walk import Walk


def build_keys(situation: Situation, profile: Profile = BUILDKIT) -> tuple[StepKey, ...]:
    """The steps that a build of ``situation`` has, by stage and line; a stage after those it needs.

    Nothing is read: contents are, when a step's :attr:`StepKey.digest` is asked for.
    """
    evaluation = situation.evaluation
    if evaluation.target is None:
        return ()
    stages = situation.dockerfile.stages
    wanted = evaluation.reachable()
    if profile.every_stage:
        wanted = frozenset(range(evaluation.target + 1)) | wanted
    steps: list[StepKey] = []
    ends: dict[int, StepKey] = {}
    places: dict[int, Place] = {}
    for index in _order(situation, wanted):
        base = evaluation.stages[index].base
        walk = Walk(situation, profile, stages[index], ends, places.get(base.stage) if base.stage is not None else None)
        root = ends.get(base.stage) if base.stage is not None else None
        if root is None:
            root = walk.from_key(stages[index].from_)
            steps.append(root)
        walk.place.trigger = True
        for trigger in (*walk.triggers(), *evaluation.stages[index].triggers):
            root = _advance(walk, trigger, root, steps)
        walk.place.trigger = False
        for instruction in stages[index].instructions:
            root = _advance(walk, instruction, root, steps)
        ends[index] = root
        places[index] = walk.place
    return tuple(steps)


def _order(situation: Situation, wanted: frozenset[int]) -> list[int]:
    """The stages, each behind those that it needs."""
    scopes = situation.evaluation.stages
    done: list[int] = []
    for start in sorted(wanted):
        todo = [start]
        open_: set[int] = set()
        while todo:
            index = todo[-1]
            missing = [need for need in scopes[index].needs if need not in done and need not in open_ and need != index]
            if missing and index not in open_:
                open_.add(index)
                todo += reversed(missing)
                continue
            todo.pop()
            if index not in done:
                done.append(index)
    return done


def _advance(walk: Walk, instruction: Instruction, root: StepKey, steps: list[StepKey]) -> StepKey:
    """Add the steps of one instruction, and give the step that the file system is at behind it."""
    recipe = chain if walk.profile.chain else buildkit
    inputs = recipe.step_inputs(walk, instruction)
    walk.place.apply(instruction)
    if inputs is None:
        return root
    stage = walk.stage.index
    steps += walk.images
    walk.images.clear()
    if walk.profile.links and _linked(instruction):
        copy = StepKey(stage, instruction, tuple(inputs), ())
        merge = StepKey(stage, instruction, (), (root, copy), "link")
        steps += [copy, merge]
        return merge
    step = StepKey(stage, instruction, tuple(inputs), (root,), "trigger" if walk.place.trigger else "")
    steps.append(step)
    return step


def _linked(instruction: Instruction) -> bool:
    """True for a COPY or ADD that is built beside the stage; ``--chmod`` silently switches that off."""
    flag = instruction.flag("link")
    return flag is not None and (flag.value or "true").lower() == "true" and instruction.flag("chmod") is None
