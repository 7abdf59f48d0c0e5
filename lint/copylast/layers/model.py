"""The layer model: facts about every step, computed once per file, lazily, and shared by all rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase

from copylast.context.files import BuildContext
from copylast.dockerfile.nodes import Dockerfile, Instruction
from copylast.dockerfile.environment import Binding
from copylast.dockerfile.scope import Evaluation
from copylast.dockerfile.shell import Command, Item, Script, ShellWord, is_opaque_shell, split, split_script
from copylast.ecosystem.descriptor import Ecosystem, Match
from copylast.ecosystem.readers import Closure, InstallRequest, Reader, Refusal
from copylast.ecosystem.registry import Registry, decide
from copylast.layers.commands import Facts, dynamic, effects_of_shell, environment_of
from copylast.layers.paths import join, known
from copylast.layers.reads import Reads, put_together
from copylast.layers.steps import Copy, StageSteps, Step, build_stages, expand
from copylast.layers.tree import ImageTree


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
        self._trees: dict[int, ImageTree] = {}
        self._final_trees: dict[int, ImageTree] = {}
        self._facts: dict[int, tuple[Facts, ...]] = {}
        self._scripts: dict[int, Script] = {}

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
        found: list[Step] = []
        for stage in self.chain(step.stage):
            for other in stage.steps:
                if stage.index == step.stage and other.index >= step.index:
                    break
                found.append(other)
        return tuple(found)

    def base_image(self, stage: int) -> str | None:
        """The image at the bottom of a stage's chain, as far as it is known."""
        return self.chain(stage)[0].image

    def reachable(self) -> frozenset[int]:
        """Indexes of the stages that the target needs."""
        return self.evaluation.reachable()

    # -- files -----------------------------------------------------------------------------------

    def tree(self, step: Step) -> ImageTree:
        """The files from the build context that ``step`` sees, its own bind mounts included."""
        tree = self._trees.get(step.index)
        if tree is None:
            layers = [(step, mount.copy) for mount in reversed(step.mounts) if mount.copy is not None]
            layers += _copies(self.before(step))
            tree = self._trees[step.index] = ImageTree(self.context, layers, self.final_tree)
        return tree

    def final_tree(self, stage: int) -> ImageTree:
        """The files from the build context at the end of a stage."""
        tree = self._final_trees.get(stage)
        if tree is None:
            steps = [step for part in self.chain(stage) for step in part.steps]
            tree = self._final_trees[stage] = ImageTree(self.context, _copies(steps), self.final_tree)
        return tree

    # -- commands --------------------------------------------------------------------------------

    def script(self, step: Step) -> Script:
        """The commands of a RUN."""
        script = self._scripts.get(step.index)
        if script is None:
            script = self._scripts[step.index] = _script(step)
        return script

    def facts(self, step: Step) -> tuple[Facts, ...]:
        """The commands of a RUN, classified. An opaque script gives one open fact."""
        facts = self._facts.get(step.index)
        if facts is None:
            facts = self._facts[step.index] = self._classify(step)
        return facts

    def reads(self, step: Step) -> Reads:
        """What a RUN reads of the project as a whole."""
        return put_together(self.facts(step))

    def environment(self, step: Step) -> Mapping[str, str | None]:
        """The variables that a step sees; None for a value that is not known."""
        return {binding.name: binding.value for binding in self.variables(step)}

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

    def directory(self, step: Step, command: Command) -> str | None:
        """The image path in which a command of a RUN runs; None if it is not known."""
        if command.directory is None:
            return None
        cwd: str | None = step.cwd
        for part in command.directory:
            if "$" in part or "~" in part[:1]:
                expanded = expand(self.evaluation, step.instruction, part)
                if expanded.unknown or part.startswith("~"):
                    return None
                part = expanded.text
            cwd = join(cwd, part) if cwd is not None else None
        return cwd if cwd is not None and known(cwd) else None

    def prefetch(self, step: Step, build: Facts) -> Facts | None:
        """The dependency step that would spare a build command its downloads; None if its tool has none.

        The command has the variables of the build command that steer downloads, and runs in its directory.
        """
        if build.match is None or build.match.ecosystem.prefetch is None:
            return None
        ecosystem = build.match.ecosystem
        prefetch = build.match.ecosystem.prefetch
        words = prefetch.command.split()
        found = [m for m in self.registry.candidates(words) if m.ecosystem.id == ecosystem.id]
        cwd = build.cwd
        if cwd is not None and build.match.directory is not None:
            cwd = join(cwd, build.match.directory)
        if not found or cwd is None or "$" in cwd:
            return None
        prefixes = tuple(
            (name, word)
            for name, word in build.command.environment
            if any(fnmatchcase(name, pattern) for pattern in prefetch.environment)
        )
        span = build.command.span
        command = build.command._replace(
            words=tuple(ShellWord(w, w, span, frozenset(), False) for w in words),
            environment=prefixes,
            redirects=(),
            wrappers=(),
        )
        match = found[0]._replace(options={**build.match.options, **found[0].options})
        closure = self._closure(step, command, match, cwd)
        return Facts(command, "install", match, cwd, closure, "") if closure is not None else None

    def _classify(self, step: Step) -> tuple[Facts, ...]:
        script = self.script(step)
        if script.opaque is not None:
            nothing = Command((), (), (), (), None, "unknown", 0, 0, step.instruction.span)
            return (Facts(nothing, "open", None, None, None, script.opaque),)
        return tuple(self._fact(step, command) for command in script.commands)

    def _fact(self, step: Step, command: Command) -> Facts:
        cwd = self.directory(step, command)
        role = effects_of_shell(command)
        if role is not None:
            return Facts(command, role, None, cwd, None, "")
        name = command.argv[0]
        match = decide(self.registry.candidates(command.argv), cwd or step.cwd, self.tree(step))
        if match is None:
            return Facts(command, "open", None, cwd, None, f"`{name}` may read any file")
        if match.kind in ("project", "deps+project", "build"):
            return Facts(command, "build", match, cwd, None, f"`{_named(match)}` needs the source")
        if match.kind in ("lock", "noop", "unknown"):
            return Facts(command, "open", match, cwd, None, f"`{_named(match)}` works on what is already there")
        if dynamic(command):
            return Facts(command, "open", match, cwd, None, f"the arguments of `{name}` are made while it runs")
        if match.kind == "tool":
            paths = [p for p in match.positional if p.startswith((".", "/", "~"))]
            if paths or match.ecosystem.id in _WRITE_WHERE_THEY_STAND:
                return Facts(command, "open", match, cwd, None, f"`{name}` may touch files of the project")
            return Facts(command, "free", match, cwd, None, "")
        if cwd is None:
            return Facts(command, "open", match, cwd, None, f"the directory in which `{name}` runs is not known")
        if match.directory is not None:
            cwd = join(cwd, match.directory)
        if cwd is None or "$" in cwd:
            return Facts(command, "open", match, None, None, f"the directory in which `{name}` runs is not known")
        closure = self._closure(step, command, match, cwd)
        if closure is None:
            why = f"which files `{_named(match)}` reads is not known to copylast"
            return Facts(command, "open", match, cwd, None, why)
        return Facts(command, "install", match, cwd, closure, "")

    def _closure(self, step: Step, command: Command, match: Match, cwd: str) -> Closure | None:
        reader = reader_of(match.ecosystem)
        if reader is None:
            return None
        if self.context is None:
            return Closure((), (Refusal(4, "there is no build context to read the manifests from"),))
        environment = environment_of(command, self.environment(step))
        return reader(InstallRequest(match, cwd, self.tree(step), environment, self.base_image(step.stage)))


_WRITE_WHERE_THEY_STAND = frozenset({"downloads"})


def reader_of(ecosystem: Ecosystem) -> Reader | None:
    """The reader that a descriptor names, imported now; None if it names none."""
    if ecosystem.reader is None:
        return None
    from importlib import import_module

    module, _, name = ecosystem.reader.partition(":")
    found: Reader = getattr(import_module(module), name)
    return found


def _named(match: Match) -> str:
    return " ".join((match.program, *match.subcommand))


def _copies(steps: Sequence[Step]) -> list[tuple[Step, Copy]]:
    return [(step, step.copy) for step in reversed(steps) if step.copy is not None]


def _script(step: Step) -> Script:
    instruction = step.instruction
    if instruction.json:
        words = tuple(ShellWord(w.text, w.text, w.span, frozenset(), False) for w in instruction.words)
        command = Command(words, (), (), (), (), "certain", 0, 0, instruction.span)
        item = Item(instruction.span, "", instruction.span, True)
        return Script((command,), (item,), None, frozenset())
    opaque = is_opaque_shell(step.shell) if step.shell is not None else None
    if opaque is not None:
        return Script((), (), opaque, frozenset())
    if not instruction.words:
        return Script((), (), None, frozenset())
    text, start = _command_text(instruction)
    if instruction.heredocs and text.strip() == text.split("\n", 1)[0].strip() and text.startswith("<<"):
        heredoc = instruction.heredocs[0]
        body = heredoc.body.start
        if len(text.split()) == 1:
            return split_script(heredoc.content, lambda offset: body + offset)
    return split(text, lambda offset: instruction.locate(start + offset))


def _command_text(instruction: Instruction) -> tuple[str, int]:
    """The text that the shell gets, and where it begins in ``rest``."""
    text = instruction.words[0].text
    start = instruction.rest.rfind(text)
    return (text, start) if start >= 0 else (instruction.rest, 0)


def build_model(
    dockerfile: Dockerfile, evaluation: Evaluation, context: BuildContext | None, registry: Registry
) -> LayerModel:
    """The layer model of one file. Cheap: nothing is read until somebody asks."""
    return LayerModel(dockerfile, evaluation, context, registry)
