"""The layer model: facts about every step, computed once per file, lazily, and shared by all rules."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping
from weakref import proxy

from copylast.context.files import BuildContext
from copylast.dockerfile.environment import Binding
from copylast.dockerfile.nodes import Dockerfile
from copylast.dockerfile.scope import Evaluation
from copylast.dockerfile.shell import Command, Script
from copylast.ecosystem.descriptor import Ecosystem
from copylast.ecosystem.readers import Closure, ProjectFiles
from copylast.ecosystem.registry import Registry
from copylast.layers.classify import Classifier, Fetch
from copylast.layers.commands import Facts
from copylast.layers.reads import Reads, put_together
from copylast.layers.script import script_of
from copylast.layers.steps import Copy, StageSteps, Step, build_stages, expand
from copylast.layers.tree import ImageTree
from copylast.typed import Any, TypeVar

_T = TypeVar("_T")


class LayerModel:
    """What each step of a Dockerfile reads, and what that means for the steps after it."""

    def __init__(
        self,
        dockerfile: Dockerfile,
        evaluation: Evaluation,
        context: BuildContext | None,
        registry: Registry,
    ) -> None:
        self.dockerfile = dockerfile
        self.evaluation = evaluation
        self.context = context
        self.registry = registry
        self.stages: tuple[StageSteps, ...] = build_stages(dockerfile, evaluation, context)
        self._by_index = {step.index: step for stage in self.stages for step in stage.steps}
        self._copies: dict[int, list[tuple[Step, Copy]]] = {}
        self._again: dict[int, list[int]] = {}
        self._trees: dict[int, ImageTree] = {}
        self._final_trees: dict[int, ImageTree] = {}
        self._facts: dict[int, tuple[Facts, ...]] = {}
        self._scripts: dict[int, Script] = {}
        self._shared: dict[Callable[[LayerModel], object], Any] = {}
        self._reachable: frozenset[int] | None = None
        # Weak, so that a model goes with its last user: circles would keep those of many files.
        me = proxy(self)
        self._tree_of: Callable[[int], ImageTree] = lambda stage: me.final_tree(stage)
        self._classifier = Classifier(
            registry,
            context,
            evaluation,
            lambda stage: me.base_image(stage),
            lambda step, command, ecosystem: me.configured(step, command, ecosystem),
        )

    def step(self, index: int) -> Step | None:
        """The step of the instruction with that index; None for FROM and global ARGs."""
        return self._by_index.get(index)

    def chain(self, stage: int) -> tuple[StageSteps, ...]:
        """The stage with its parents, the outermost first."""
        found: list[StageSteps] = []
        at: int | None = stage
        while at is not None:
            found.append(self.stages[at])
            at = self.stages[at].parent
        return tuple(reversed(found))

    def before(self, step: Step) -> tuple[Step, ...]:
        """All steps that the root file system of ``step`` was made by, in build order."""
        stage = self.stages[step.stage]
        # Every instruction of a stage is a step, so most often the numbers say where it stands.
        own = step.index - stage.steps[0].index
        if own >= len(stage.steps) or stage.steps[own] is not step:
            own = bisect_left(stage.steps, step.index, key=_index)
        return stage.chain_steps[: len(stage.chain_steps) - len(stage.steps) + own]

    def base_image(self, stage: int) -> str | None:
        """The image at the bottom of a stage's chain, as far as it is known."""
        return self.chain(stage)[0].image

    def reachable(self) -> frozenset[int]:
        """Indexes of the stages that the target needs."""
        if self._reachable is None:
            self._reachable = self.evaluation.reachable()
        return self._reachable

    # -- files -----------------------------------------------------------------------------------

    def tree(self, step: Step) -> ImageTree:
        """The files from the build context that ``step`` sees, its own bind mounts included."""
        tree = self._trees.get(step.index)
        if tree is None:
            layers = [(step, mount.copy) for mount in reversed(step.mounts) if mount.copy is not None]
            layers += self._copies_before(step)
            tree = self._trees[step.index] = ImageTree(self.context, layers, self._tree_of)
        return tree

    def final_tree(self, stage: int) -> ImageTree:
        """The files from the build context at the end of a stage."""
        tree = self._final_trees.get(stage)
        if tree is None:
            layers = self._visible(stage, len(self._copies_of(stage)))
            tree = self._final_trees[stage] = ImageTree(self.context, layers, self._tree_of)
        return tree

    def _copies_of(self, stage: int) -> list[tuple[Step, Copy]]:
        copies = self._copies.get(stage)
        if copies is None:
            steps = self.stages[stage].chain_steps
            copies = self._copies[stage] = [(step, step.copy) for step in steps if step.copy is not None]
        return copies

    def _copies_before(self, step: Step) -> list[tuple[Step, Copy]]:
        """The copies above ``step``, the newest first; parents stand above their children in the file, too."""
        return self._visible(step.stage, bisect_left(self._copies_of(step.stage), step.index, key=_index_of_copy))

    def _visible(self, stage: int, count: int) -> list[tuple[Step, Copy]]:
        """What can be seen of the first ``count`` copies of a stage, the newest first."""
        copies = self._copies_of(stage)
        again = self._again.get(stage)
        if again is None:
            # For every copy, where the next one stands that says the same and hides it.
            again = self._again[stage] = [len(copies)] * len(copies)
            last: dict[tuple[object, ...], int] = {}
            for at, (_, copy) in enumerate(copies):
                if copy.kind in last:
                    again[last[copy.kind]] = at
                last[copy.kind] = at
        return [copies[at] for at in range(count - 1, -1, -1) if again[at] >= count]

    # -- commands --------------------------------------------------------------------------------

    def script(self, step: Step) -> Script:
        """The commands of a RUN."""
        script = self._scripts.get(step.index)
        if script is None:
            script = self._scripts[step.index] = script_of(step)
        return script

    def facts(self, step: Step) -> tuple[Facts, ...]:
        """The commands of a RUN, classified. An opaque script gives one open fact."""
        facts = self._facts.get(step.index)
        if facts is None:
            facts = self._classifier.facts(step, self.script(step), self.tree(step))
            self._facts[step.index] = facts
        return facts

    def reads(self, step: Step) -> Reads:
        """What a RUN reads of the project as a whole."""
        return put_together(self.facts(step))

    def environment(self, step: Step) -> Mapping[str, str | None]:
        """The variables that a step sees; None for a value that is not known."""
        return self._classifier.environment(step)

    def configured(self, step: Step, command: Command, ecosystem: Ecosystem) -> dict[str, str]:
        """The settings of a tool's own that commands above ``command`` have made."""
        from copylast.layers.configured import configured

        return configured(self, step, command, ecosystem)

    def variables(self, step: Step) -> tuple[Binding, ...]:
        """The variables that enter the cache key of a RUN, in order."""
        return self.evaluation.environment(step.instruction).bindings()

    def names(self, step: Step) -> frozenset[str]:
        """The variables that the words and flags of an instruction use."""
        found: set[str] = set()
        instruction = step.instruction
        for text in (*(w.text for w in instruction.words), *(f.value or "" for f in instruction.flags)):
            expanded = expand(self.evaluation, instruction, text)
            found |= expanded.used | expanded.unset | expanded.unknown
        return frozenset(found)

    def shared(self, make: Callable[[LayerModel], _T]) -> _T:
        """What ``make`` says of this model, made once: for what several rules ask."""
        if make in self._shared:
            found: _T = self._shared[make]
        else:
            found = self._shared[make] = make(self)
        return found

    def closure(self, step: Step, install: Facts, files: ProjectFiles) -> Closure | None:
        """What an install of ``step`` would read if it saw ``files``; None if nobody can say."""
        return self._classifier.closure(step, install, files)

    def prefetch(self, step: Step, build: Facts) -> Fetch | None:
        """The dependency step that would spare a build command its downloads; None if its tool has none."""
        return self._classifier.prefetch(step, self.tree(step), build)


def _index(step: Step) -> int:
    return step.index


def _index_of_copy(layer: tuple[Step, Copy]) -> int:
    return layer[0].index


def build_model(
    dockerfile: Dockerfile, evaluation: Evaluation, context: BuildContext | None, registry: Registry
) -> LayerModel:
    """The layer model of one file. Cheap: nothing is read until somebody asks."""
    return LayerModel(dockerfile, evaluation, context, registry)
