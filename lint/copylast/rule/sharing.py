"""What all Dockerfiles that share an ignore file need of the build context, before and after a change of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from fnmatch import fnmatchcase

from copylast.context.files import BuildContext
from copylast.dockerfile.parse import parse
from copylast.dockerfile.scope import evaluate
from copylast.dockerfile.source import Source
from copylast.layers.model import LayerModel, build_model
from copylast.layers.paths import within
from copylast.layers.steps import Step
from copylast.rule.dependants import dockerfiles

_CROWDED = frozenset({"node_modules", "bower_components", ".venv", "venv", "vendor", "target"})
"""Folders in which nobody keeps Dockerfiles of his own, and that are large."""


def sharing(model: LayerModel, skip: Set[str] = _CROWDED) -> Iterator[tuple[str, LayerModel]]:
    """The Dockerfile itself and, near the root, the others for which the same ignore file may count: path and model.

    None but its own Dockerfile heeds the one beside it.
    """
    context, own = model.context, model.dockerfile.source
    yield own.path, model
    if context is None or (context.ignore is not None and context.ignore.path != context.ignore_names[-1]):
        return
    for path, text in dockerfiles(context, skip):
        if text != own.text and context.raw_entry(path + context.ignore_names[-1]) is None:
            dockerfile = parse(Source(text, path))
            yield path, build_model(dockerfile, evaluate(dockerfile), context, model.registry)


def lost(model: LayerModel, new: BuildContext, patterns: Sequence[str]) -> str | None:
    """What this Dockerfile or one that shares the ignore file would miss in the context ``new``; None for nothing.

    ``new`` is the model's context with another ignore file, in which ``patterns`` are new.
    """
    for path, before in sharing(model):
        after = build_model(before.dockerfile, before.evaluation, new, model.registry)
        found = _named(before, patterns) or missed(before, after)
        if found is not None:
            return f"{path}:{found}"
    return None


def _named(model: LayerModel, patterns: Sequence[str]) -> str | None:
    """A source that a pattern is about by its name, though nothing of that name may be there just now."""
    wanted = [pattern.removeprefix("**/").split("/") for pattern in patterns]
    for stage in model.stages:
        for step in stage.steps:
            for copy in (step.copy, *(mount.copy for mount in step.mounts)):
                for source in copy.sources if copy is not None and copy.local else ():
                    parts = source.strip("/").split("/")
                    if any(_has(parts, names) for names in wanted):
                        return f"{step.line} needs {source}"
    return None


def _has(parts: Sequence[str], names: Sequence[str]) -> bool:
    return any(
        all(fnmatchcase(part, name) for part, name in zip(parts[at:], names, strict=False))
        for at in range(len(parts) - len(names) + 1)
    )


def missed(before: LayerModel, after: LayerModel) -> str | None:
    """What a step would no longer find in the context of ``after``, a source or a file that an install reads.

    In words, behind the number of the step's line.
    """
    for stage in before.stages:
        for step in stage.steps:
            twin = after.step(step.index)
            if twin is None:
                continue
            found = _source(step, twin)
            if found is None and step.keyword == "RUN":
                found = _need(before, after, step, twin)
            if found is not None:
                return f"{step.line} needs {found}"
    return None


def _source(step: Step, twin: Step) -> str | None:
    """A context path that a COPY, an ADD or a bind mount names and would no longer get."""
    copies = [(step.copy, twin.copy), *((m.copy, n.copy) for m, n in zip(step.mounts, twin.mounts, strict=True))]
    for copy, other in copies:
        if copy is None or other is None or copy.selection is None or other.selection is None:
            continue
        gone = set(copy.selection.named) - set(other.selection.named)
        # What is not there now may be made before the next build.
        gone |= {one.path for one in other.selection.left_out} - {one.path for one in copy.selection.left_out}
        if gone:
            return min(gone)
    return None


def _need(before: LayerModel, after: LayerModel, step: Step, twin: Step) -> str | None:
    """A context path that an install reads and would no longer find."""
    tree, other = before.tree(step), after.tree(twin)
    for fact in before.facts(step):
        for need in fact.closure.needs if fact.closure is not None else ():
            origin = tree.origin(need.path)
            if origin is None:
                continue
            if other.origin(need.path) is None:
                return origin.path
            if need.what == "dir" and before.context is not None and after.context is not None:
                there = {entry.path for entry in after.context.files(origin.path)}
                for entry in before.context.files(origin.path):
                    # What nobody checked in is not part of the package that is read.
                    if entry.path not in there and before.context.tracked(entry.path):
                        return entry.path
    return None


def only_declared(old: BuildContext, new: BuildContext, patterns: Sequence[str], drops: Sequence[str]) -> str | None:
    """What ``new`` has more or less than ``old`` that it should not; None if that is nothing.

    Missing may be what ``patterns`` match, and of the repository no more than ``drops`` with all below.
    """
    names = {pattern.rstrip("/").rsplit("/", 1)[-1] for pattern in patterns}
    own = set(old.ignore_names)
    folders = [""]
    while folders:
        folder = folders.pop()
        children = old.children(folder)
        known = {child.path for child in children}
        added = [e.path for e in new.children(folder) if e.path not in known and e.path not in own]
        if added:
            return f"{added[0]} would come into the build context"
        for child in children:
            path = child.path
            if new.entry(path) is None:
                if path in own:
                    continue
                if not any(fnmatchcase(path.rsplit("/", 1)[-1], name) for name in names):
                    return f"{path} would no longer be in the build context"
                if not any(within(path, drop) for drop in drops) and old.tracked(path):
                    return f"{path} is part of the repository and would no longer be in the build context"
            elif child.kind == "dir" and not path.endswith(".git"):
                folders.append(path)
    return None
