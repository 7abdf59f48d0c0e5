"""Which of several folders is the context, by what the installs read.

``COPY . .`` works in any folder, but an install that finds none of its manifests does not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from copylast.context.files import BuildContext
from copylast.dockerfile.nodes import Dockerfile
from copylast.dockerfile.scope import Evaluation
from copylast.ecosystem.registry import Registry
from copylast.layers.commands import Facts
from copylast.layers.model import LayerModel, build_model
from copylast.layers.steps import Step

_CALM = frozenset({"free", "carry", "install"})
"""Roles of commands that make no manifest."""
_FOLDERS = 12


def only_place(
    dockerfile: Dockerfile,
    evaluation: Evaluation,
    folders: Sequence[str],
    opened: Callable[[str], BuildContext],
    registry: Registry,
) -> tuple[str, LayerModel] | None:
    """The one of ``folders`` that can be the context of a Dockerfile, and its model; None if there is no such one.

    There all installs find all that they read; in each other folder an install would find nothing of it.
    ``opened`` makes a folder's context.
    """
    if len(folders) > _FOLDERS:
        return None
    models = {folder: build_model(dockerfile, evaluation, opened(folder), registry) for folder in folders}
    found: tuple[str, LayerModel] | None = None
    for folder, model in models.items():
        asked = _asked(model)
        others = [other for name, other in models.items() if name != folder]
        if asked and all(any(_fails(other, step, paths) for step, paths in asked) for other in others):
            if found is not None:
                return None
            found = folder, model
    return found


def _asked(model: LayerModel) -> list[tuple[Step, tuple[str, ...]]]:
    """The manifests from the context that installs read, by step; empty if one of them is not there.

    Left out is what stands behind a command that may have made it.
    """
    found: list[tuple[Step, tuple[str, ...]]] = []
    for stage in model.stages:
        if stage.index not in model.reachable():
            continue
        for step in stage.steps:
            if step.keyword != "RUN":
                continue
            calm = all(fact.role in _CALM for above in model.before(step) for fact in _facts(model, above))
            for fact in model.facts(step):
                calm = calm and fact.role in _CALM
                if fact.role != "install" or fact.closure is None:
                    continue
                if any(refusal.gate == 4 for refusal in fact.closure.refusals):
                    return []
                needs = tuple(n.path for n in fact.closure.needs if n.what == "file" and n.required)
                if calm and needs and fact.command.certainty == "certain":
                    found.append((step, needs))
    return found


def _facts(model: LayerModel, step: Step) -> Sequence[Facts]:
    return model.facts(step) if step.keyword == "RUN" else ()


def _fails(model: LayerModel, step: Step, paths: Sequence[str]) -> bool:
    """Whether the install of ``step`` would find none of ``paths``."""
    other = model.step(step.index)
    assert other is not None
    tree = model.tree(other)
    return all(tree.kind(path) is None for path in paths)
