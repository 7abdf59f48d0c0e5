"""The steps of each stage: instructions with everything that depends on their place worked out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from copylast.context.files import BuildContext
from copylast.context.select import Selection, select
from copylast.dockerfile.expand import Expansion, ExpansionError
from copylast.dockerfile.nodes import Dockerfile, Instruction
from copylast.dockerfile.scope import Evaluation
from copylast.layers.paths import UNKNOWN, join

TREE = frozenset({"COPY", "ADD"})
"""Instructions that lay files into the image."""


class Copy(NamedTuple):
    """What a COPY, an ADD or a bind mount brings.

    ``dest`` is an image path, without the trailing slash that ``dest_is_dir`` remembers. ``stage`` is the
    index of the stage that it copies from; ``image`` an outside image or named context. With neither it
    comes from the build context, and ``selection`` is there if the context and all variables are known.
    ``inline`` are the names of heredoc files; ``remote`` is True if a source is a URL or a git repository.
    """

    sources: tuple[str, ...]
    dest: str
    dest_is_dir: bool
    stage: int | None
    image: str | None
    selection: Selection | None
    inline: tuple[str, ...]
    remote: bool

    @property
    def local(self) -> bool:
        """True if it reads the build context."""
        return self.stage is None and self.image is None and bool(self.sources)


class Mount(NamedTuple):
    """A ``RUN --mount``: ``kind`` is its type, ``target`` an image path, ``copy`` what a bind mount shows."""

    kind: str
    target: str | None
    options: dict[str, str]
    copy: Copy | None


@dataclass(frozen=True, eq=False)
class Step:
    """An instruction of a stage.

    ``cwd`` and ``user`` are those in force *before* it; ``user`` None is the base image's.
    """

    instruction: Instruction
    stage: int
    cwd: str
    user: str | None
    shell: tuple[str, ...] | None
    copy: Copy | None
    mounts: tuple[Mount, ...]

    @property
    def index(self) -> int:
        """Index of the instruction in the file."""
        return self.instruction.index

    @property
    def keyword(self) -> str:
        """The instruction's keyword."""
        return self.instruction.keyword


@dataclass(frozen=True, eq=False)
class StageSteps:
    """The steps of one stage. ``parent`` is the stage that it continues, ``image`` what it is built on else."""

    index: int
    name: str | None
    parent: int | None
    image: str | None
    steps: tuple[Step, ...]
    cwd: str
    """The working directory at its end."""
    user: str | None
    shell: tuple[str, ...] | None


def build_stages(
    dockerfile: Dockerfile, evaluation: Evaluation, context: BuildContext | None
) -> tuple[StageSteps, ...]:
    """Walk all stages in order; a parent always stands above its children."""
    done: list[StageSteps] = []
    for stage in dockerfile.stages:
        base = evaluation.stages[stage.index].base
        parent = done[base.stage] if base.stage is not None else None
        cwd, user, shell = (parent.cwd, parent.user, parent.shell) if parent else (UNKNOWN, None, None)
        if base.kind == "scratch":
            cwd = "/"
        image = base.name if base.kind in ("image", "scratch") else None
        steps: list[Step] = []
        for instruction in stage.instructions:
            steps.append(_step(instruction, stage.index, cwd, user, shell, evaluation, context))
            keyword = instruction.keyword
            if keyword == "WORKDIR":
                cwd = _workdir(instruction, cwd, evaluation)
            elif keyword == "USER":
                user = expand(evaluation, instruction, instruction.rest).text
            elif keyword == "SHELL" and instruction.json:
                shell = tuple(word.text for word in instruction.words)
        done.append(
            StageSteps(stage.index, stage.name, base.stage, image, tuple(steps), cwd, user, shell)
        )
    return tuple(done)


def expand(evaluation: Evaluation, instruction: Instruction, word: str) -> Expansion:
    """``word`` expanded; a word that the build refuses counts as unknown."""
    try:
        return evaluation.expand(instruction, word)
    except ExpansionError:
        return Expansion(word, unknown=frozenset({word}))


def _workdir(instruction: Instruction, cwd: str, evaluation: Evaluation) -> str:
    expanded = expand(evaluation, instruction, instruction.rest)
    if expanded.unknown:
        # A place that cannot be named: its own symbolic root, so that it never equals another.
        return f"{UNKNOWN}{instruction.index}"
    return join(cwd, expanded.text) or f"{UNKNOWN}{instruction.index}"


def _step(
    instruction: Instruction,
    stage: int,
    cwd: str,
    user: str | None,
    shell: tuple[str, ...] | None,
    evaluation: Evaluation,
    context: BuildContext | None,
) -> Step:
    copy = None
    mounts: tuple[Mount, ...] = ()
    if instruction.keyword in TREE:
        copy = _copy(instruction, cwd, evaluation, context)
    elif instruction.keyword == "RUN" and instruction.flags:
        mounts = tuple(
            _mount(instruction, flag.value, cwd, evaluation, context)
            for flag in instruction.flags
            if flag.name == "mount" and flag.value
        )
    return Step(instruction, stage, cwd, user, shell, copy, mounts)


def _copy(
    instruction: Instruction, cwd: str, evaluation: Evaluation, context: BuildContext | None
) -> Copy | None:
    if len(instruction.words) < 2 and not instruction.heredocs:
        return None
    expanded = [expand(evaluation, instruction, word.text) for word in instruction.words]
    flags = {flag.name: flag.value or "" for flag in instruction.flags}
    known = not any(e.unknown for e in expanded)
    texts = [e.text for e in expanded]
    inline = tuple(heredoc.name for heredoc in instruction.heredocs)
    sources = tuple(t for t in texts[:-1] if not _is_heredoc(t, inline))
    dest_text = texts[-1]
    stage, image = None, None
    reference = evaluation.source_of(instruction)
    if reference is not None:
        stage = reference.stage
        image = reference.name if stage is None else None
    is_add = instruction.keyword == "ADD"
    remote = is_add and any(_is_remote(s) for s in sources)
    dest = join(cwd, dest_text) if known else None
    selection = None
    if dest is not None and context is not None and reference is None and sources and not remote:
        left_out = [f.value or "" for f in instruction.flags if f.name == "exclude"]
        excludes = tuple(expand(evaluation, instruction, pattern).text for pattern in left_out)
        selection = select(
            context,
            sources,
            dest + ("/" if dest_text.endswith(("/", "/.")) or dest_text == "." else ""),
            parents=flags.get("parents", "false") != "false",
            exclude=excludes,
            is_add=is_add,
        )
    return Copy(
        sources,
        dest if dest is not None else f"{UNKNOWN}{instruction.index}",
        dest_text.endswith(("/", "/.")) or dest_text in (".", "..") or len(sources) + len(inline) > 1,
        stage,
        image,
        selection,
        inline,
        remote,
    )


def _is_heredoc(text: str, names: tuple[str, ...]) -> bool:
    return "<<" in text and text.split("<<", 1)[1].lstrip("-").strip("'\"") in names


def _is_remote(source: str) -> bool:
    return source.startswith(("http://", "https://", "git@", "git://", "ssh://")) or ".git#" in source


def _mount(
    instruction: Instruction, value: str, cwd: str, evaluation: Evaluation, context: BuildContext | None
) -> Mount:
    expanded = expand(evaluation, instruction, value)
    options: dict[str, str] = {}
    for part in expanded.text.split(","):
        key, _, text = part.partition("=")
        options[_ALIASES.get(key.lower(), key.lower())] = text
    kind = options.get("type", "bind")
    target = join(cwd, options["target"]) if options.get("target") else None
    copy = None
    if kind == "bind" and target is not None:
        source = options.get("source", "") or "."
        stage, image = None, None
        if "from" in options:
            reference = evaluation.mount_source(options["from"])
            stage = reference.stage
            image = reference.name if stage is None else None
        selection = None
        if "from" not in options and context is not None and not expanded.unknown:
            selection = select(context, (source,), target)
        copy = Copy((source,), target, False, stage, image, selection, (), False)
    return Mount(kind, target, options, copy)


_ALIASES = {"src": "source", "dst": "target", "destination": "target"}
