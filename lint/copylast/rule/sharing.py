"""What all Dockerfiles that share an ignore file need of the build context, before and after a change of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from itertools import takewhile

from copylast.context.files import BuildContext
from copylast.context.gopath import has_wildcard, in_root
from copylast.dockerfile.parse import parse
from copylast.dockerfile.scope import evaluate
from copylast.dockerfile.source import Source
from copylast.layers.model import LayerModel, build_model
from copylast.layers.paths import within
from copylast.layers.steps import Step
from copylast.rule.dependants import dockerfiles

_CROWDED = frozenset({"node_modules", "bower_components", ".venv", "venv", "vendor", "target"})
"""Folders in which nobody keeps Dockerfiles of his own, and that are large."""


def sharing(model: LayerModel) -> Iterator[tuple[str, LayerModel]]:
    """The Dockerfile itself and, near the root, the others for which the same ignore file may count: path and model.

    None but its own Dockerfile heeds the one beside it.
    """
    yield model.dockerfile.source.path, model
    yield from model.shared(_others)


def _others(model: LayerModel) -> tuple[tuple[str, LayerModel], ...]:
    context, own = model.context, model.dockerfile.source
    if context is None or (context.ignore is not None and context.ignore.path != context.ignore_names[-1]):
        return ()
    found: list[tuple[str, LayerModel]] = []
    for path, text in dockerfiles(context, _CROWDED):
        if text != own.text and context.raw_entry(path + context.ignore_names[-1]) is None:
            dockerfile = parse(Source(text, path))
            found.append((path, build_model(dockerfile, evaluate(dockerfile), context, model.registry)))
    return tuple(found)


def lost(model: LayerModel, new: BuildContext, patterns: Sequence[str]) -> str | None:
    """What this Dockerfile or one that shares the ignore file would miss in the context ``new``; None for nothing.

    ``new`` is the model's context with another ignore file, in which ``patterns`` are new.
    """
    for path, other in sharing(model):
        found = _named(other, patterns) or missed(other, new)
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


def missed(model: LayerModel, new: BuildContext) -> str | None:
    """What a step would no longer find in the context ``new``, a source or a file that an install reads.

    In words, behind the number of the step's line.
    """
    old = model.context
    for stage in model.stages if old is not None else ():
        for step in stage.steps:
            paths = [*_sources(step), *_needs(model, step, new)]
            gone = [path for path in paths if new.ignored(path) and old is not None and not old.ignored(path)]
            if gone:
                return f"{step.line} needs {min(gone)}"
    return None


def _sources(step: Step) -> Iterator[str]:
    """The context paths that a COPY, an ADD or a bind mount names; of a wildcard without a match, what is before it."""
    for copy in (step.copy, *(mount.copy for mount in step.mounts)):
        if copy is None or copy.selection is None:
            continue
        yield from copy.selection.named
        # What is not there now may be made before the next build.
        for source in copy.selection.missing:
            parts = in_root(source).split("/")
            yield "/".join(takewhile(lambda part: not has_wildcard(part), parts))


def _needs(model: LayerModel, step: Step, new: BuildContext) -> Iterator[str]:
    """The context paths that the installs of a step read and find today."""
    for fact in model.facts(step) if step.keyword == "RUN" else ():
        for need in fact.closure.needs if fact.closure is not None else ():
            origin = model.tree(step).origin(need.path)
            if origin is None:
                continue
            yield origin.path
            if need.what == "dir" and model.context is not None:
                for entry in model.context.files(origin.path):
                    # What nobody checked in is not part of the package that is read.
                    if new.ignored(entry.path) and model.context.tracked(entry.path):
                        yield entry.path


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
