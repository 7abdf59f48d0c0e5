"""The ignore file leaves out what a step needs, so the build fails.

What it finds
=============

A source of a `COPY`, an `ADD` or a bind mount that the ignore file (`.dockerignore`, or `<Dockerfile>.dockerignore`
if there is one) leaves out, whatever else lies in the folder: the path itself, or the folder before a wildcard. And a
manifest or a lockfile that an install cannot do without, where the ignore file keeps it from the `COPY . .` above.

It is an error where the path is part of the repository, and information where it is not: what a build on this machine
made, or would have to make first, may be at hand in another folder that somebody builds from.

Why it matters
==============

What is ignored never reaches the builder. The step fails with `not found` although the file lies beside the
Dockerfile, or the install stops because it finds no manifest, and the message does not name the line that is to
blame.

What the fix does
=================

There is none: whether the step or the line of the ignore file is the mistake is for the author to say. The finding
names the line. A line `!path` at the end of the ignore file brings the path back, be the folder around it ignored
or not.

When it stays silent
====================

Where a `!` line may bring back something below the path; for a wildcard in the first part of a path (`package*.json`),
which may match nothing; for a source with a variable in it, which another build may set; below a symbolic
link; in stages that the build does not need; where the context is guessed and another one is possible; and beside a
`.containerignore`, which Podman and Buildah read instead. For a manifest also where an earlier command may write it,
where something other than the build context may bring it, or where the build goes on without the install.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from fnmatch import fnmatchcase

from copylast import (
    BuildContext,
    Diagnostic,
    Ecosystem,
    Example,
    Instruction,
    LayerModel,
    Match,
    Rule,
    Severity,
    Span,
    Step,
    View,
    command_name,
    may_change,
)
from copylast_rules.context.brought import brought

_ABSENT = 4
"""The gate of a file that the install needs and does not see."""

_SITE = {"dist/index.html": "<p>", "src/main.js": "", ".dockerignore": "# local\n*.log\ndist\n"}
_PIP = {"requirements.txt": "rich==13.7.1\n", "app.py": "", ".dockerignore": "*.txt\n"}


class CopiedPathIgnored(Rule):
    """The ignore file leaves out what a step needs, so the build fails."""

    code = "CPL306"
    name = "copied-path-ignored"
    severity = Severity.ERROR
    examples = (
        Example("A folder", "FROM nginx\nCOPY dist /usr/share/nginx/html\n", _SITE, found=True),
        Example(
            "The folder before a wildcard",
            "FROM eclipse-temurin:21\nCOPY target/*.jar /app.jar\n",
            {"target/app.jar": "", ".dockerignore": "target/\n"},
            found=True,
        ),
        Example(
            "A bind mount",
            "FROM python:3.12\nRUN --mount=type=bind,source=requirements.txt,target=/r.txt pip install -r /r.txt\n",
            _PIP,
            found=True,
        ),
        Example(
            "A manifest that an install reads",
            "FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt\n",
            _PIP,
            found=True,
        ),
        Example(
            "A file that is made before the build",
            "FROM alpine\nCOPY bin/app /app\n",
            {"main.go": "", ".dockerignore": "bin\n"},
            found=True,
        ),
        Example(
            "A later line brings it back",
            "FROM nginx\nCOPY dist /usr/share/nginx/html\n",
            {**_SITE, ".dockerignore": "*\n!dist\n"},
            silent="the folder is in the build context",
        ),
        Example(
            "Something below may come back",
            "FROM nginx\nCOPY dist /usr/share/nginx/html\n",
            {"src/main.js": "", ".dockerignore": "dist\n!dist/index.html\n"},
            silent="the folder comes along as soon as index.html is built",
        ),
        Example(
            "A wildcard that may match nothing",
            "FROM node:20\nCOPY package.json yarn.lock* ./\n",
            {"package.json": "{}", "yarn.lock": "", ".dockerignore": "yarn.lock\n"},
            silent="the build goes on without the lockfile",
        ),
        Example(
            "A path that another build may set",
            "FROM nginx\nARG FOLDER=dist\nCOPY $FOLDER /usr/share/nginx/html\n",
            _SITE,
            silent="the build argument may name another folder",
        ),
        Example(
            "Only another file is ignored",
            "FROM nginx\nCOPY dist /usr/share/nginx/html\n",
            {**_SITE, ".dockerignore": "sub/dist\n"},
            silent="patterns count from the top of the build context",
        ),
        Example(
            "A file of another stage",
            "FROM node:20 AS build\nRUN mkdir /dist\n\nFROM nginx\nCOPY --from=build /dist /usr/share/nginx/html\n",
            _SITE,
            silent="it does not come from the build context",
        ),
        Example(
            "A manifest that a command writes",
            "FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN make requirements.txt && pip install -r requirements.txt\n",
            _PIP,
            silent="make may have written it",
        ),
        Example(
            "An install that may fail",
            "FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt || true\n",
            _PIP,
            silent="the build goes on",
        ),
        Example(
            "Podman has an ignore file of its own",
            "FROM nginx\nCOPY dist /usr/share/nginx/html\n",
            {**_SITE, ".containerignore": "src\n"},
            silent="Podman and Buildah do not read .dockerignore then",
        ),
    )

    def check(self, view: View) -> Iterable[Diagnostic]:
        """One finding for each source, and for each manifest of an install."""
        context, model = view.context, view.layers
        if context is None or context.ignore is None or context.ignore.problems or not view.context_certain:
            return
        found: list[tuple[str, Span, str]] = []
        for one in model.shared(brought):
            for source, path in one.copy.selection.left_out if one.copy.selection is not None else ():
                span = _place(one.step.instruction, source, mount=one.mount)
                if span is not None:
                    found.append((path, span, f"{one.what} brings {source}"))
        said = {path for path, _, _ in found}
        for step, at in _failing(model):
            fact = model.facts(step)[at]
            manifest = _manifest(model, context, step, at)
            if manifest is not None and manifest not in said:
                said.add(manifest)
                found.append((manifest, fact.command.span, f"`{command_name(fact)}` needs {manifest}"))
        # Next to no project has one, so it is looked for last.
        if found and context.raw_entry(".containerignore") is None:
            for path, span, wish in found:
                yield self._found(context, path, span, wish)

    def _found(self, context: BuildContext, path: str, span: Span, wish: str) -> Diagnostic:
        ignore = context.ignore
        assert ignore is not None
        ours = context.tracked(path)
        line = _blamed(context, path)
        notes = () if ours else (f"{path} is not part of the repository, so it may be at hand where somebody builds",)
        return Diagnostic(
            self.code,
            self.name,
            f"{wish}, which {ignore.path} leaves out" + (f" (line {line})" if line else ""),
            span,
            self.severity if ours else Severity.INFO,
            label="is not in the build context",
            notes=notes,
            help=f"take the line out of {ignore.path}, or bring the path back with a last line `!{path}`",
        )


def _place(instruction: Instruction, source: str, *, mount: bool) -> Span | None:
    """Where the source is written; None where a variable has part in it."""
    if not mount:
        return next((word.span for word in instruction.words[:-1] if word.text == source), None)
    for flag in instruction.flags:
        if flag.name == "mount" and flag.value and "$" not in flag.value:
            _, _, text = flag.value.partition("source=") if "source=" in flag.value else flag.value.partition("src=")
            if text.split(",")[0] == source:
                return flag.span
    return None


def _blamed(context: BuildContext, path: str) -> int | None:
    """The line of the ignore file that leaves the path out, or the folder around it."""
    assert context.ignore is not None
    while path:
        pattern = context.ignore.verdict(path)
        if pattern is not None and not pattern.negated:
            return pattern.line
        path = posixpath.dirname(path)
    return None


def _failing(model: LayerModel) -> list[tuple[Step, int]]:
    """The installs that miss a file, in stages that the build needs: their step and their number in it."""
    needed = model.reachable()
    found: list[tuple[Step, int]] = []
    for stage in model.stages:
        if stage.index not in needed:
            continue
        for step in stage.steps:
            if step.keyword != "RUN":
                continue
            for at, fact in enumerate(model.facts(step)):
                if fact.role == "install" and fact.closure is not None and fact.closure.refusals:
                    found.append((step, at))
    return found


def _manifest(model: LayerModel, context: BuildContext, step: Step, at: int) -> str | None:
    """The context path of a manifest that is ignored, so that the install with that number surely fails."""
    fact = model.facts(step)[at]
    if fact.match is None or fact.closure is None or fact.command.certainty != "certain" or fact.command.ignored:
        return None
    manager = fact.match.ecosystem
    for refusal in fact.closure.refusals:
        if refusal.gate != _ABSENT or refusal.path is None:
            continue
        name = posixpath.basename(refusal.path)
        # For a file that the command names itself its name does not matter.
        named = any(posixpath.basename(word) == name for word in fact.command.argv)
        if not named and not _called(name, (*manager.manifests, *manager.lockfiles)):
            continue
        path = _left_out(context, model.tree(step).possible_origins(refusal.path) or [])
        if path is not None and _nobody_writes(model, step, at, manager, refusal.path):
            return path
    return None


def _left_out(context: BuildContext, places: list[str]) -> str | None:
    """The place whose file is there and ignored."""
    for path in places:
        entry = context.raw_entry(path)
        if entry is not None and entry.kind == "file" and context.ignored(path):
            return path
    return None


def _nobody_writes(model: LayerModel, step: Step, at: int, manager: Ecosystem, manifest: str) -> bool:
    """Whether no command before the one with that number may have written the manifest."""
    facts = [fact for above in model.before(step) if above.keyword == "RUN" for fact in model.facts(above)]
    return not any(
        may_change(fact, manifest) or (fact.match is not None and _writes_lock(fact.match, manager, manifest))
        for fact in (*facts, *model.facts(step)[:at])
    )


def _writes_lock(match: Match, manager: Ecosystem, path: str) -> bool:
    """Whether the command is an install of the same manager, which may write its lockfile."""
    return match.ecosystem.id == manager.id and match.kind != "tool" and _called(path, manager.lockfiles)


def _called(path: str, globs: Iterable[str]) -> bool:
    return any(fnmatchcase(posixpath.basename(path), glob) for glob in globs)
