"""The steps of each stage: instructions with everything that depends on their place worked out."""

from __future__ import annotations

from collections.abc import Callable

from copylast.context.files import BuildContext
from copylast.dockerfile.nodes import Dockerfile, Instruction
from copylast.dockerfile.scope import Evaluation
from copylast.layers.copies import TREE as TREE
from copylast.layers.copies import Copy as Copy
from copylast.layers.copies import Mount, copy_of, mount_of
from copylast.layers.copies import expand as expand
from copylast.layers.paths import LONGEST, UNKNOWN, join, parent_of


class Step:
    """An instruction of a stage; equal only to itself. ``index`` and ``keyword`` are the instruction's.

    ``cwd`` and ``user`` are those in force *before* it; ``user`` None is the base image's. ``into`` is
    the image path that a WORKDIR goes to, and makes if it is not there.
    """

    __slots__ = ("copy", "cwd", "index", "instruction", "into", "keyword", "mounts", "shell", "stage", "user")

    def __init__(
        self,
        instruction: Instruction,
        stage: int,
        cwd: str,
        user: str | None,
        shell: tuple[str, ...] | None,
        copy: Copy | None,
        mounts: tuple[Mount, ...],
        into: str | None = None,
    ) -> None:
        self.instruction = instruction
        self.index = instruction.index
        self.keyword = instruction.keyword
        self.stage = stage
        self.cwd = cwd
        self.user = user
        self.shell = shell
        self.copy = copy
        self.mounts = mounts
        self.into = into

    def __repr__(self) -> str:
        return f"<Step {self.index} {self.keyword}>"

    @property
    def line(self) -> int:
        """The line on which the instruction begins, from 1."""
        return self.instruction.line_number


class StageSteps:
    """The steps of one stage; equal only to itself.

    ``parent`` is the stage that it continues, ``image`` what it is built on else; ``cwd``, ``user`` and
    ``shell`` are those at its end; ``chain_steps`` are its steps with those of the stages that it
    continues, in build order.
    """

    __slots__ = ("chain_steps", "cwd", "image", "index", "name", "parent", "shell", "steps", "user")

    def __init__(
        self,
        index: int,
        name: str | None,
        parent: int | None,
        image: str | None,
        steps: tuple[Step, ...],
        cwd: str,
        user: str | None,
        shell: tuple[str, ...] | None,
        chain_steps: tuple[Step, ...],
    ) -> None:
        self.index = index
        self.name = name
        self.parent = parent
        self.image = image
        self.steps = steps
        self.cwd = cwd
        self.user = user
        self.shell = shell
        self.chain_steps = chain_steps


def build_stages(
    dockerfile: Dockerfile, evaluation: Evaluation, context: BuildContext | None
) -> tuple[StageSteps, ...]:
    """Walk all stages in order; a parent always stands above its children."""
    done: list[StageSteps] = []
    known: list[_Folders] = []
    for stage in dockerfile.stages:
        base = evaluation.stages[stage.index].base
        parent = done[base.stage] if base.stage is not None else None
        cwd, user, shell = (parent.cwd, parent.user, parent.shell) if parent else (UNKNOWN, None, None)
        if base.kind == "scratch":
            cwd = "/"
        image = base.name if base.kind in ("image", "scratch") else None
        steps: list[Step] = []
        folders = known[parent.index].child() if parent else _Folders()
        known.append(folders)
        for instruction in stage.instructions:
            step = _step(instruction, stage.index, cwd, user, shell, evaluation, context, folders.has)
            folders.add(step)
            steps.append(step)
            keyword = instruction.keyword
            if step.into is not None:
                cwd = step.into
            elif keyword == "USER":
                user = expand(evaluation, instruction, instruction.rest).text
            elif keyword == "SHELL" and instruction.json:
                shell = tuple(word.text for word in instruction.words)
        chain = (*(parent.chain_steps if parent else ()), *steps)
        done.append(StageSteps(stage.index, stage.name, base.stage, image, tuple(steps), cwd, user, shell, chain))
    return tuple(done)


class _Folders:
    """The image paths that are surely directories after the steps so far."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._perhaps: dict[str, list[Copy]] = {}
        """Copies whose destination is a directory if what they bring is one; looked at when it matters."""

    def child(self) -> _Folders:
        """What a stage that continues this one begins with."""
        other = _Folders()
        other._known = set(self._known)
        other._perhaps = {path: list(copies) for path, copies in self._perhaps.items()}
        return other

    def add(self, step: Step) -> None:
        """Count ``step`` among the steps so far."""
        if step.into is not None:
            self._add(step.into)
        copy = step.copy
        if copy is None:
            return
        if copy.dest_is_dir:
            self._add(copy.dest)
            return
        self._add(parent_of(copy.dest))
        if copy.selection is not None and copy.dest not in self._known:
            self._perhaps.setdefault(copy.dest, []).append(copy)

    def _add(self, path: str) -> None:
        while path and path not in self._known:
            self._known.add(path)
            path = parent_of(path)

    def has(self, path: str) -> bool:
        """True if ``path`` is surely a directory."""
        if path in self._known:
            return True
        copies = self._perhaps.get(path)
        # What was no directory once is not asked again.
        while copies:
            if _brings_dir(copies.pop(), path):
                self._add(path)
                return True
        return False


def _brings_dir(copy: Copy, path: str) -> bool:
    """A source that is a directory makes the destination one."""
    return copy.selection is not None and any(
        (entry := copy.selection.context.entry(place)) is not None and entry.kind == "dir"
        for place in copy.selection.places(path)
    )


def _workdir(instruction: Instruction, cwd: str, evaluation: Evaluation) -> str:
    expanded = expand(evaluation, instruction, instruction.rest)
    if expanded.unknown:
        # A place that cannot be named: its own symbolic root, so that it never equals another.
        return f"{UNKNOWN}{instruction.index}"
    place = join(cwd, expanded.text)
    # Where each of many WORKDIRs goes a step down, no build gets there, and names would grow with the file.
    return place if place is not None and len(place) <= LONGEST else f"{UNKNOWN}{instruction.index}"


def _step(
    instruction: Instruction,
    stage: int,
    cwd: str,
    user: str | None,
    shell: tuple[str, ...] | None,
    evaluation: Evaluation,
    context: BuildContext | None,
    known_dir: Callable[[str], bool],
) -> Step:
    copy = None
    mounts: tuple[Mount, ...] = ()
    if instruction.keyword in TREE:
        copy = copy_of(instruction, cwd, evaluation, context, known_dir)
    elif instruction.keyword == "RUN" and instruction.flags:
        mounts = tuple(
            mount_of(instruction, flag.value, cwd, evaluation, context)
            for flag in instruction.flags
            if flag.name == "mount" and flag.value
        )
    # A stage that copies from itself, or from one below, is no build; here it only must not lead in circles.
    if copy is not None and copy.stage is not None and copy.stage >= stage:
        copy = copy._replace(stage=None, image=str(copy.stage))
    mounts = mounts and tuple(
        mount._replace(copy=mount.copy._replace(stage=None, image=str(mount.copy.stage)))
        if mount.copy is not None and mount.copy.stage is not None and mount.copy.stage >= stage
        else mount
        for mount in mounts
    )
    into = _workdir(instruction, cwd, evaluation) if instruction.keyword == "WORKDIR" else None
    return Step(instruction, stage, cwd, user, shell, copy, mounts, into)


def rights(step: Step) -> tuple[str | None, ...]:
    """The owner and the mode that the flags of a COPY give."""
    flags = (step.instruction.flag(name) for name in ("chown", "chmod"))
    return tuple(flag.value if flag is not None else None for flag in flags)
