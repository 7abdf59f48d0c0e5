"""Who else needs what a new ignore pattern would leave out: other stages, and other Dockerfiles of the context."""

from __future__ import annotations

import re
from collections.abc import Set

from copylast.context.entry import ContextError
from copylast.context.files import BuildContext
from copylast.dockerfile.parse import parse
from copylast.dockerfile.scope import evaluate
from copylast.dockerfile.source import Source
from copylast.layers.model import LayerModel, build_model
from copylast.layers.steps import StageSteps
from copylast.regexes import lazy_regex
from copylast.rule.refusal import Refused

_DOCKERFILE = lazy_regex(r"(?i)^([^/]*\.)?(docker|container)file([._-][^/]*)?$")
_READS = lazy_regex(r"(?im)^\s*(?:onbuild\s+)?(?:copy|add|run\s+--mount)\b.*$")
_DEPTH = 3
_LOOKS = 3_000
_FILES = 40
_INSTALLS = ("deps", "fetch", "project", "deps+project")


def refuse_dependants(model: LayerModel, context: BuildContext, names: Set[str], directories: Set[str]) -> None:
    """Raises :class:`Refused` if a stage takes the directories called ``names`` from the context for its own use.

    ``directories`` are names of directories that tools make; nobody looks for Dockerfiles in them.
    """
    managers = _managers(model)
    own = model.dockerfile.source
    texts = [(own.path, own.text)]
    if context.ignore is None or context.ignore.path == context.ignore_names[-1]:
        texts += [(path, text) for path, text in dockerfiles(context, directories) if text != own.text]
    for path, text in texts:
        for line in _READS.findall(text):
            for name in names:
                if re.search(rf"(^|[\s/=,]){re.escape(name)}([\s/,]|$)", line) and "--from" not in line:
                    raise Refused(8, f"{path} copies {name} from the build context")
        other = model
        if text != own.text:
            dockerfile = parse(Source(text, path))
            other = build_model(dockerfile, evaluate(dockerfile), context, model.registry)
        parents = {stage.parent for stage in other.stages}
        for stage in other.stages:
            # Those that others continue are judged with them.
            for name in names if stage.index not in parents else ():
                if _relies(other, stage, name, managers):
                    line = other.dockerfile.source.position(other.dockerfile.stages[stage.index].from_.span.start).line
                    raise Refused(8, f"the stage at {path}:{line} may use {name} as it is in the build context")


def _managers(model: LayerModel) -> frozenset[str]:
    """The package managers that install something in the file."""
    return frozenset(
        fact.match.ecosystem.id
        for stage in model.stages
        for step in stage.steps
        if step.keyword == "RUN"
        for fact in model.facts(step)
        if fact.match is not None and fact.match.kind in _INSTALLS
    )


def _relies(model: LayerModel, stage: StageSteps, name: str, managers: Set[str]) -> bool:
    """True if the stage brings the directory from the context and neither installs anything nor gets it elsewhere.

    A stage that only builds with another tool has no use for it.
    """
    brings = False
    for step in stage.chain_steps:
        copy = step.copy
        if copy is not None and copy.selection is not None:
            brings = brings or bool(copy.selection.places(f"{copy.dest.rstrip('/')}/{name}"))
    if not brings:
        return False
    for step in stage.chain_steps:
        if step.copy is not None and not step.copy.local and step.copy.dest.endswith(f"/{name}"):
            return False
        for fact in model.facts(step) if step.keyword == "RUN" else ():
            match = fact.match
            if match is None:
                continue
            if match.kind in _INSTALLS or (match.kind == "build" and match.ecosystem.id not in managers):
                return False
    return True


def dockerfiles(context: BuildContext, directories: Set[str]) -> list[tuple[str, str]]:
    """Dockerfiles near the root, also those that the ignore file leaves out: path and text."""
    found: list[tuple[str, str]] = []
    level, looks = [""], 0
    for _ in range(_DEPTH):
        below: list[str] = []
        for folder in level:
            for entry in context.raw_children(folder):
                looks += 1
                if looks > _LOOKS or len(found) >= _FILES:
                    return found
                base = entry.path.rsplit("/", 1)[-1]
                if entry.kind == "dir":
                    if base not in directories and base != ".git":
                        below.append(entry.path)
                elif entry.kind == "file" and _DOCKERFILE.match(base):
                    try:
                        found.append((entry.path, context.raw_read(entry.path, 1_000_000).decode("utf-8")))
                    except (ContextError, UnicodeDecodeError):
                        continue
        level = below
    return found
