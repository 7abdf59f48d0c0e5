"""Which local results a build makes again, so that it can do without those of the machine that builds."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from copylast import BuildContext, ContextError, Copy, Facts, LayerModel, NamedTuple, Step, command_name, lazy_regex
from copylast_rules.context.local_files import RESULTS, Local

_INSTALLS = ("deps", "project", "deps+project", "fetch")
_BUILDS = ("build", "project", "deps+project")
_LANGUAGES = {
    "dist": ("javascript", "typescript", "python"),
    "build": ("javascript", "typescript", "java", "cpp", "dart"),
    ".next": ("javascript", "typescript"),
    "out": ("javascript", "typescript"),
    "target": ("rust", "java", "scala", "clojure"),
    "bin": ("csharp",),
    "obj": ("csharp",),
    "vendor": ("php",),
}
"""A result -> the languages whose tools make it."""
_ANY_SCRIPT = ("javascript", "typescript", "python")
_BUILDING = lazy_regex(r"build|compile|bundle|generate|export|dist|prod|package", re.I)
_DECLARING = lazy_regex(r"(?:docker-)?compose[\w.-]*\.ya?ml\Z|(?:docker-)?bake[\w.-]*\.(?:hcl|json)\Z", re.I)


class Again(NamedTuple):
    """A command that makes local files again in the image; ``refused`` says who needs them from the context."""

    command: str
    refused: str | None


def made_again(model: LayerModel, local: Local) -> Again | None:
    """What makes ``local`` again in the Dockerfile itself; None if nothing does there, and it may be the payload."""
    from copylast import sharing

    if local.name == "__pycache__":
        return Again("Python", None)
    command: str | None = None
    refused: str | None = None
    for path, other in sharing(model):
        for step, sure, makers in _bringing(other, local):
            maker = next(makers, None)
            if maker is None:
                refused = refused or f"{path}:{step.line} brings {local.name} and does not make it again"
            elif other is model and sure:
                command = command or maker
        if not command:
            return None
    if refused is None and local.kind == "results" and model.context is not None:
        refused = _declared(model.context, local.name)
    return Again(command, refused) if command else None


def _bringing(model: LayerModel, local: Local) -> Iterator[tuple[Step, bool, Iterator[str]]]:
    """The steps that bring files of that name, by stage, each with the commands that make them again.

    With them is said whether it is sure, be such files in the folder at the moment or not.
    """
    context, name = model.context, local.name
    home = local.probe.rpartition("/")[0]
    parents = {stage.parent for stage in model.stages}
    for stage in model.stages if context is not None else ():
        if stage.index in parents:
            continue  # judged with those that continue it
        for step in stage.chain_steps:
            copy = step.copy
            if copy is None or not copy.local or context is None:
                continue
            sure = {one for one in _folders(copy) if one == home or _may_hold(context, one, name)}
            there = {one for one in _folders(copy) if context.raw_entry(f"{one}/{name}") is not None}
            folders = sorted(sure | there)
            takes = copy.selection.takes if copy.selection is not None else bool
            if any(takes(f"{folder}/{name}" if folder else name) for folder in folders):
                payload = any(part in RESULTS for folder in folders for part in folder.split("/"))
                yield step, bool(sure), iter(()) if payload else _makers(model, stage.chain_steps, name)


def _folders(copy: Copy) -> list[str]:
    """The folders that a COPY takes; where a variable of another build has part in it, those that it may take."""
    if copy.selection is not None:
        return list(copy.selection.folders)
    return ["" if "$" in source else posixpath.normpath(f"/{source}").strip("/") for source in copy.sources]


def _may_hold(context: BuildContext, folder: str, name: str) -> bool:
    """Whether people would have such files at the top of ``folder``."""
    if not folder:
        return True
    if name != "node_modules":
        return False
    return context.raw_entry(f"{folder}/package.json") is not None or any(part in RESULTS for part in folder.split("/"))


def _makers(model: LayerModel, steps: tuple[Step, ...], name: str) -> Iterator[str]:
    """The commands that make such files; empty for a COPY that brings them from another stage or image."""
    for step in steps:
        if step.copy is not None and not step.copy.local and step.copy.dest.endswith(f"/{name}"):
            yield ""
        for fact in model.facts(step) if step.keyword == "RUN" else ():
            if _makes(fact, name):
                script = fact.match.positional[:1] if fact.match is not None and "run" in fact.match.subcommand else ()
                yield f"`{' '.join((command_name(fact), *script))}`"


def _makes(fact: Facts, name: str) -> bool:
    match = fact.match
    if match is None or fact.command.certainty != "certain":
        return False
    if name not in RESULTS:
        return match.kind in _INSTALLS and name in match.ecosystem.dependency_dirs
    if match.ecosystem.language not in _LANGUAGES[name]:
        return False
    if name == "vendor":
        return match.kind in _INSTALLS
    if match.kind not in _BUILDS:
        return False
    # `npm run` runs anything.
    return match.ecosystem.language not in _ANY_SCRIPT or any(map(_BUILDING.search, fact.command.argv[1:]))


def _declared(context: BuildContext, name: str) -> str | None:
    """A compose or bake file at the top that names the files."""
    for entry in context.raw_children(""):
        if entry.kind != "file" or not _DECLARING.match(entry.path):
            continue
        try:
            text = context.raw_read(entry.path, 500_000).decode("utf-8", "replace")
        except ContextError:
            continue
        if re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w.-])", re.sub(r"(?m)^\s*build\s*:", "", text)):
            return f"{entry.path} names {name}"
    return None
