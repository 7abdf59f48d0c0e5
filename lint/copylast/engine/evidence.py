"""Which of several folders is the context, by what the installs read.

``COPY . .`` works in any folder, but an install that finds none of its manifests does not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from copylast.context.files import BuildContext
from copylast.context.listings import Listings
from copylast.dockerfile.nodes import Dockerfile
from copylast.dockerfile.scope import Evaluation
from copylast.ecosystem.registry import Registry
from copylast.layers.commands import Facts
from copylast.layers.model import LayerModel, build_model
from copylast.layers.steps import Step
from copylast.layers.tree import ImageTree
from copylast.layers.writes import may_change

_FOLDERS = 12


def only_place(
    dockerfile: Dockerfile,
    evaluation: Evaluation,
    folders: Sequence[str],
    opened: Callable[[str], BuildContext],
    registry: Registry,
    listings: Listings,
) -> tuple[str, LayerModel] | None:
    """The one of ``folders`` that can be the context of a Dockerfile, and its model; None if there is no such one.

    There all installs find all that they read; in each other folder an install would find nothing of it.
    ``opened`` makes a folder's context; ``listings`` are those of the run.
    """
    if len(folders) > _FOLDERS:
        return None
    made: dict[str, LayerModel] = {}

    def model_in(folder: str) -> LayerModel:
        if folder not in made:
            made[folder] = build_model(dockerfile, evaluation, opened(folder), registry)
        return made[folder]

    def fails(folder: str, model: LayerModel, step: Step, paths: Sequence[str]) -> bool:
        """Whether the install of ``step`` would find none of ``paths``, which it finds with ``model``."""
        # Most often the file is not there at all, and that costs no second model.
        return _nowhere(listings, folder, model.tree(step), paths) or _finds_none(model_in(folder), step, paths)

    for folder in folders:
        model = model_in(folder)
        asked = _asked(model)
        others = [other for other in folders if other != folder]
        if asked and all(any(fails(other, model, step, paths) for step, paths in asked) for other in others):
            # No other folder can be the one then: an install does not work in it.
            return folder, model
    return None


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
            for number, fact in enumerate(model.facts(step)):
                if fact.role != "install" or fact.closure is None:
                    continue
                if any(refusal.gate == 4 for refusal in fact.closure.refusals):
                    return []
                needs = tuple(n.path for n in fact.closure.needs if n.what == "file" and n.required)
                if not needs or fact.command.certainty != "certain":
                    continue
                earlier = [one for above in model.before(step) for one in _facts(model, above)]
                earlier += model.facts(step)[: number + 1]
                if not any(may_change(one, path) for path in needs for one in earlier):
                    found.append((step, needs))
    return found


def _facts(model: LayerModel, step: Step) -> Sequence[Facts]:
    return model.facts(step) if step.keyword == "RUN" else ()


def _nowhere(listings: Listings, folder: str, tree: ImageTree, paths: Sequence[str]) -> bool:
    """Whether ``folder`` surely has none of the files, whatever the COPYs of ``tree`` mean in it."""
    for path in paths:
        places = tree.possible_origins(path)
        if places is None or any(listings.exists(folder, place) for place in places):
            return False
    return True


def _finds_none(model: LayerModel, step: Step, paths: Sequence[str]) -> bool:
    other = model.step(step.index)
    assert other is not None
    tree = model.tree(other)
    return all(tree.kind(path) is None for path in paths)
