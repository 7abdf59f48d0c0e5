"""What a build makes of a Dockerfile: variables, base images, and which stage needs which.

The facts are those of BuildKit's ``dockerfile2llb``: global ARGs are expanded in order, FROM sees
only them; a stage starts with the variables of its base; ENV and ARG write to one list, and what is
written last counts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from copylast.dockerfile.environment import Binding, Environment, Recorder
from copylast.dockerfile.expand import (
    UNKNOWN,
    Expansion,
    ExpansionError,
    Lookup,
    Unknown,
    expand,
    expand_words,
    plain,
)
from copylast.dockerfile.graph import Reference, StageNames, dependencies, reach
from copylast.dockerfile.nodes import Dockerfile, Instruction, Problem, Stage
from copylast.records import NamedTuple

__all__ = ["Binding", "Environment", "Evaluation", "Reference", "StageScope", "evaluate"]

_SPECIAL = frozenset("$\\`'\"\ufeff")
"""A word without one of these means itself."""
# BuildKit sets it where the base image, scratch included, does not.
_DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# Arguments that steer the build and never reach a RUN.
_NOT_FOR_RUN = frozenset({"BUILDKIT_SBOM_SCAN_CONTEXT", "BUILDKIT_SBOM_SCAN_STAGE"})
PROXY_ARGUMENTS = frozenset(
    name for one in ("HTTP", "HTTPS", "FTP", "NO", "ALL") for name in (f"{one}_PROXY", f"{one.lower()}_proxy")
)
"""Arguments that a build may be given without an ARG; without one they are in no cache key."""


class StageScope(NamedTuple):
    """A stage under one set of build arguments.

    ``base`` is what FROM names after expansion, ``platform`` the expanded ``--platform`` (None
    without the flag). ``triggers`` are the ONBUILD instructions of a base stage, which run first.
    ``needs`` are the indexes of the stages that this one is built from or copies or mounts from.
    """

    stage: Stage
    base: Reference
    platform: Expansion | None
    triggers: tuple[Instruction, ...]
    needs: tuple[int, ...]


class Evaluation:
    """The answer of :func:`evaluate`. Everything is computed when it is asked for, once.

    ``target`` is the index of the stage that is built, None for a file without stages or a target
    that does not exist.
    """

    def __init__(
        self,
        dockerfile: Dockerfile,
        build_args: Mapping[str, str],
        target: str | None,
        platform: str | None,
        contexts: Collection[str],
    ) -> None:
        self.dockerfile = dockerfile
        self.build_args = build_args
        self.problems: list[Problem] = []
        self._names = StageNames(dockerfile.stages, contexts)
        self.target = self._names.target(target)
        self._globals = self._global_values(platform, target)
        self._stages: list[StageScope] | None = None
        self._reached: dict[int, frozenset[int]] = {}
        self._others: tuple[int, ...] = ()
        self._before: dict[int, Environment] = {}
        self._starts: list[Environment] = []
        self._ends: list[Environment] = []

    @property
    def stages(self) -> Sequence[StageScope]:
        """The stages in the order of the file."""
        if self._stages is None:
            self._stages = []
            for stage in self.dockerfile.stages:
                self._stages.append(self._scope(stage, self._stages))
        return self._stages

    def aim_at(self, targets: Iterable[str]) -> None:
        """Other builds of the same file have these stages as their targets: :meth:`reachable` counts them, too."""
        self._others = tuple(index for name in targets if (index := self._names.target(name)) is not None)

    def reachable(self, target: int | None = None) -> frozenset[int]:
        """The stages that must be built for stage ``target`` (default: the targets of all builds that are known)."""
        if target is None and self._others and self.target is not None:
            return frozenset(index for one in (self.target, *self._others) for index in self.reachable(one))
        start = self.target if target is None else target
        if start is None:
            return frozenset()
        if start not in self._reached:
            self._reached[start] = reach([scope.needs for scope in self.stages], start)
        return self._reached[start]

    @property
    def dead(self) -> tuple[int, ...]:
        """The stages that the build does not need."""
        alive = self.reachable()
        return tuple(index for index in range(len(self.stages)) if index not in alive)

    def source_of(self, instruction: Instruction) -> Reference | None:
        """Where ``COPY --from`` copies from; None for a COPY from the build context."""
        flag = instruction.flag("from")
        if instruction.keyword != "COPY" or flag is None or not flag.value:
            return None
        return self._names.copy_source(flag.value)

    def mount_source(self, name: str) -> Reference:
        """What ``RUN --mount=from=name`` mounts."""
        return self._names.mount_source(name)

    def global_value(self, name: str) -> str | Unknown | None:
        """A global ARG or platform argument as FROM sees it."""
        return self._globals.get(name)

    def environment(self, instruction: Instruction) -> Environment:
        """The variables before ``instruction``, which must be one of a stage (or its ``nested``)."""
        self._run_stages()
        return self._before[instruction.index]

    def final_environment(self, stage: int) -> Environment:
        """The variables at the end of a stage, by which its children start."""
        self._run_stages()
        return self._ends[stage]

    def expand(self, instruction: Instruction, word: str) -> Expansion:
        """``word`` expanded as an argument of ``instruction``.

        Names of which only the base image knows the value are in ``unknown``. Raises
        :class:`~copylast.dockerfile.expand.ExpansionError`.
        """
        if _SPECIAL.isdisjoint(word):
            return plain(word)
        return expand(word, self._lookup(instruction), self.dockerfile.escape)

    def expand_words(self, instruction: Instruction, word: str) -> tuple[str, ...]:
        """``word`` expanded and split, as BuildKit does for EXPOSE. Raises ExpansionError."""
        return expand_words(word, self._lookup(instruction), self.dockerfile.escape)

    def expand_heredoc(self, instruction: Instruction, content: str) -> Expansion:
        """The content of a COPY or ADD heredoc with an unquoted name. Raises ExpansionError."""
        return expand(content, self._lookup(instruction), keep_quotes=True)

    def _lookup(self, instruction: Instruction) -> Lookup:
        self._run_stages()
        before = self._before.get(instruction.index)
        if before is not None and instruction.keyword != "FROM":
            return before.lookup
        return self._globals.get

    def _global_values(self, platform: str | None, target: str | None) -> dict[str, str | Unknown]:
        stages = self.dockerfile.stages
        last = stages[-1].name if stages else None
        values = platform_arguments(platform, target or last or "default")
        values.update((name, self.build_args[name]) for name in values.keys() & self.build_args.keys())
        for instruction in self.dockerfile.globals:
            for pair in instruction.pairs:
                name = pair.name.text
                if name in self.build_args:
                    values[name] = self.build_args[name]
                elif pair.value is not None:
                    expansion = self._try(pair.value.text, values.get, instruction)
                    values[name] = UNKNOWN if expansion.unknown else expansion.text
        return values

    def _scope(self, stage: Stage, earlier: Sequence[StageScope]) -> StageScope:
        from_ = stage.from_
        flag = from_.flag("platform")
        platform = None
        if flag is not None and flag.value is not None:
            platform = self._try(flag.value, self._globals.get, from_)
        if from_.words:
            written = self._try(from_.words[0].text, self._globals.get, from_)
            if not written.text and not written.unknown:
                message = f"{from_.words[0].text} is empty, so this stage has no base image"
                self.problems.append(Problem(message, from_.words[0].span))
        else:
            written = Expansion("")
        base = self._names.base(stage.index, written)
        triggers: tuple[Instruction, ...] = ()
        if base.stage is not None:
            below = earlier[base.stage].stage.instructions
            triggers = tuple(step.nested for step in below if step.keyword == "ONBUILD" and step.nested)
        return StageScope(stage, base, platform, triggers, dependencies(stage, base, triggers, self._names))

    def _run_stages(self) -> None:
        if self._ends:
            return
        for scope in self.stages:
            parent = self._ends[scope.base.stage] if scope.base.stage is not None else None
            open_base = parent.open_base if parent is not None else scope.base.kind != "scratch"
            recorder = Recorder(parent, open_base)
            if parent is None and scope.base.kind == "scratch":
                recorder.set("PATH", _DEFAULT_PATH, False)
            self._before[scope.stage.from_.index] = recorder.here()
            for trigger in scope.triggers:
                self._apply(trigger, recorder)
            here = recorder.here()
            for instruction in scope.stage.instructions:
                self._before[instruction.index] = here
                if instruction.keyword in ("ENV", "ARG"):
                    self._apply(instruction, recorder)
                    here = recorder.here()
            self._ends.append(here)

    def _apply(self, instruction: Instruction, recorder: Recorder) -> None:
        if instruction.keyword == "ENV":
            # All words of one ENV see the variables before it.
            lookup = recorder.here().lookup
            for pair in instruction.pairs:
                name = self._try(pair.name.text, lookup, instruction)
                value = self._try(pair.value.text if pair.value else "", lookup, instruction)
                unknown = name.unknown or value.unknown
                recorder.set(name.text, None if unknown else value.text, False)
        elif instruction.keyword == "ARG":
            for pair in instruction.pairs:
                self._argument(pair.name.text, pair.value.text if pair.value else None, instruction, recorder)

    def _argument(self, name: str, default: str | None, instruction: Instruction, recorder: Recorder) -> None:
        value: str | Unknown | None
        if name in self.build_args:
            value = self.build_args[name]
        elif default is not None:
            expansion = self._try(default, recorder.here().lookup, instruction)
            value = UNKNOWN if expansion.unknown else expansion.text
        else:
            value = self._globals.get(name)
        if value is None or name in _NOT_FOR_RUN:
            recorder.declare(name)
        else:
            recorder.set(name, None if isinstance(value, Unknown) else value, True)

    def _try(self, word: str, lookup: Lookup, instruction: Instruction) -> Expansion:
        try:
            return expand(word, lookup, self.dockerfile.escape)
        except ExpansionError as error:
            self.problems.append(Problem(f"{word} cannot be expanded: {error.reason}", instruction.span))
            return Expansion(word, unknown=frozenset({word}))


def evaluate(
    dockerfile: Dockerfile,
    build_args: Mapping[str, str] | None = None,
    target: str | None = None,
    platform: str | None = None,
    contexts: Collection[str] = (),
) -> Evaluation:
    """What a build with these options makes of ``dockerfile``.

    ``platform`` is ``os/arch[/variant]``; without it, platform arguments such as TARGETARCH are
    unknown. ``contexts`` are the names of named contexts, which replace a stage or image. Never
    raises; what the build would refuse is in ``Evaluation.problems``.
    """
    return Evaluation(dockerfile, build_args or {}, target, platform, contexts)


def platform_arguments(platform: str | None, target: str) -> dict[str, str | Unknown]:
    """The arguments that BuildKit defines by itself, before any ARG."""
    values: dict[str, str | Unknown] = {"TARGETSTAGE": target}
    for prefix in ("BUILD", "TARGET"):
        for name in ("PLATFORM", "OS", "OSVERSION", "ARCH", "VARIANT"):
            values[prefix + name] = UNKNOWN
    if platform:
        os, _, rest = platform.partition("/")
        arch, _, variant = rest.partition("/")
        values.update(
            TARGETPLATFORM=platform, TARGETOS=os, TARGETARCH=arch, TARGETVARIANT=variant, TARGETOSVERSION=""
        )
    return values
