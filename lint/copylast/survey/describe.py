"""What a step reads and what invalidates it, taken from its key and from the layer model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice

from copylast.layers.contents import Files, amount
from copylast.layers.inputs import Input, Output, StepKey
from copylast.layers.model import LayerModel
from copylast.layers.steps import Step
from copylast.survey.values import Cause, Read

INHERITED = 40
"""So many causes are taken over from the steps below; past that, the nearest of them stands for its own."""
OWN = 200
"""So many causes of a step itself are told apart; past that, the step stands for the rest."""


def reads_of(key: StepKey, model: LayerModel) -> tuple[Read, ...]:
    """What a step reads, its own mounts included."""
    found = [read for one in key.inputs if one.kind != "variable" for read in _of_input(one)]
    step = None if key.part else model.step(key.index)
    if step is not None and step.keyword == "RUN":
        found += _mounts(step)
        found += _of_commands(step, model)
    return tuple(found)


def _of_input(one: Input) -> Iterator[Read]:
    if one.kind == "address":
        yield Read("address", one.name)
    elif one.kind == "inline":
        yield Read("heredoc", one.name)
    elif isinstance(one.content, Output):
        kind = "image" if one.content.step.part in ("from", "image") else "stage"
        yield Read(kind, f"{one.content.path} of {one.content.source}")
    elif isinstance(one.content, Files):
        yield from _of_files(one, one.content)


def _of_files(one: Input, files: Files) -> Iterator[Read]:
    name = one.name if one.kind == "files" else files.asked[0] or "."
    selection = files.selection
    if selection is None:
        yield Read("context", name)
        return
    yield Read("context", name, *amount(files))
    for source in selection.missing:
        yield Read("missing", source)


def _mounts(step: Step) -> Iterator[Read]:
    for mount in step.mounts:
        if mount.kind == "cache" and mount.target:
            yield Read("cache", mount.target)
        elif mount.kind in ("secret", "ssh"):
            yield Read("secret", mount.options.get("id") or mount.kind)


def _of_commands(step: Step, model: LayerModel) -> Iterator[Read]:
    """The files of the project that the commands of a RUN read, as far as anybody can say."""
    brought = [other for other in model.before(step) if other.copy is not None]
    if not brought and not any(mount.copy is not None for mount in step.mounts):
        return
    reads = model.reads(step)
    if reads.open is not None:
        yield Read("any", reads.open.why)
    elif not reads.closed:
        yield Read("any", reads.refusals[0].reason if reads.refusals else "")
    else:
        tree = model.tree(step)
        origins = {need: tree.origin(need.path) for need in reads.needs}
        paths = {o.path + ("/" if need.what == "dir" else "") for need, o in origins.items() if o is not None}
        yield from (Read("file", path) for path in sorted(paths))


def causes_of(
    key: StepKey, known: Mapping[StepKey, tuple[Cause, ...]], unset: Iterable[str] = ()
) -> tuple[Cause, ...]:
    """What runs a step again, its own first; ``known`` are the causes of the steps that it is built on.

    ``unset`` are arguments that enter once they have a value.
    """
    line = key.line
    own = chain(
        (cause for one in key.inputs for cause in _cause(one, line)), (Cause("argument", name, line) for name in unset)
    )
    found = list(islice(own, OWN + 1))
    if len(found) > OWN:
        found[OWN] = Cause("step", key.instruction.keyword, line)
    for root in key.roots:
        below = known.get(root, ())
        found += below[:INHERITED]
        if len(below) > INHERITED:
            found.append(Cause("step", root.instruction.keyword, root.line))
    return tuple(dict.fromkeys(found))


def _cause(one: Input, line: int) -> Iterator[Cause]:
    if one.kind == "variable":
        keyword, _, name = one.name.partition(" ")
        yield Cause("argument" if keyword == "ARG" else "variable", name, line)
    elif one.kind == "address":
        yield Cause("address", one.name, line)
    elif one.kind in ("image", "context", "unknown") and one.content is None and one.value:
        yield Cause("image", one.name, line)
    elif isinstance(one.content, Output):
        yield Cause("output", f"{one.content.path} of {one.content.source}", line)
    elif isinstance(one.content, Files):
        yield Cause("files", one.name if one.kind == "files" else one.content.asked[0] or ".", line)
