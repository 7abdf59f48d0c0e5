"""Files that only steer the build reach a broad COPY.

What it finds
=============

A `COPY`, an `ADD` or a bind mount that takes a folder as a whole, and with it the Dockerfile, the ignore file,
compose and bake files, or the configuration of a CI service.

Why it matters
==============

These files change while the build is worked on, and mean nothing to the program. As they are part of the step's cache
key, each edit of a later line of the Dockerfile runs the step and all below it again.

What the fix does
=================

It adds the files to the ignore file that counts, before the first line that could bring them back. The builder reads
the Dockerfile and the ignore file all the same. The fix is unsafe, since the files are part of the repository and
something in the image may look for them. It is withheld where a `RUN`, a `COPY`, a bind mount or an install of any
Dockerfile that shares the ignore file names one of them.

When it stays silent
====================

Unless it is selected by name. Without an effective ignore file, which ignore-file-missing (CPL301) reports; beside a
`.containerignore`, which Podman and Buildah read instead; in stages that the build does not need; where the context
is guessed and another one is possible.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from copylast import (
    BuildContext,
    Diagnostic,
    Example,
    Fix,
    LayerModel,
    Refused,
    Rule,
    Safety,
    Severity,
    View,
    lazy_regex,
    leave_out,
)
from copylast_rules.context.brought import Brought, brought
from copylast_rules.context.local_files import for_podman, ignoring, listed

_NAMES = lazy_regex(
    r"(?:[^/]*\.)?(?:docker|container)file(?:[._-][^/]*)?|\.dockerignore|(?:docker-)?compose(?:[._-][^/]*)?\.ya?ml"
    r"|docker-bake(?:[._-][^/]*)?\.(?:hcl|json)|\.gitlab-ci\.ya?ml|\.travis\.ya?ml|\.drone\.ya?ml|jenkinsfile"
    r"|azure-pipelines\.ya?ml|bitbucket-pipelines\.ya?ml|cloudbuild\.ya?ml|\.github|\.circleci|\.buildkite|\.gitlab",
    re.I,
)
_FOLDERS = (".github", ".circleci", ".buildkite", ".gitlab")
_COPY = "FROM python:3.12\nCOPY . /app\n"


class BuildFilesInContext(Rule):
    """Files that only steer the build reach a broad COPY."""

    code = "CPL304"
    name = "build-files-in-context"
    severity = Severity.INFO
    opt_in = True
    examples = (
        Example(
            "The Dockerfile and its neighbours",
            _COPY,
            {"app.py": "", "compose.yaml": "services: {}\n", ".github/workflows/ci.yml": "", ".dockerignore": ".git"},
            fixed=_COPY,
            ignore=".git\n.dockerignore\n.github\nDockerfile\ncompose.yaml",
            unsafe=True,
        ),
        Example(
            "A step looks at it",
            f"{_COPY}RUN hadolint /app/Dockerfile\n",
            {"app.py": "", ".dockerignore": ".dockerignore\n"},
            withheld="Dockerfile:3 names Dockerfile",
        ),
        Example(
            "They are ignored",
            _COPY,
            {"app.py": "", ".dockerignore": "Dockerfile*\n.docker*\n"},
            silent="they do not reach the COPY",
        ),
        Example(
            "A folder of source",
            "FROM python:3.12\nCOPY src /app\n",
            {"src/app.py": "", ".dockerignore": ".git\n"},
            silent="they are not in it",
        ),
    )

    def check(self, view: View) -> Iterable[Diagnostic]:
        """One finding a file, at the first step that takes some of them along."""
        context, model = ignoring(view), view.layers
        found = dict(_steering(context, model)) if context is not None else {}
        if context is None or context.ignore is None or not found or for_podman(context):
            return
        paths = sorted(found)
        one = next(iter(found.values()))
        fix, withheld = _offer(context, model, paths)
        yield Diagnostic(
            self.code,
            self.name,
            f"{context.ignore.path} lets {listed(paths)} through, which only steer the build"
            if len(paths) > 1
            else f"{context.ignore.path} lets {paths[0]} through, which only steers the build",
            one.step.instruction.span,
            self.severity,
            label="each change of them runs this step again" if len(paths) > 1 else "each change runs this step again",
            help=f"add {'a line for each' if len(paths) > 1 else 'it'} to {context.ignore.path}",
            fix=fix,
            withheld=withheld,
        )


def _steering(context: BuildContext, model: LayerModel) -> Iterator[tuple[str, Brought]]:
    """The files at the top of the folders that steps take, each with the step."""
    for one in model.shared(brought):
        selection = one.copy.selection
        for folder in selection.folders if selection is not None else ():
            for entry in context.children(folder):
                name = entry.path.rpartition("/")[2]
                kind = "dir" if name in _FOLDERS else "file"
                if entry.kind == kind and _NAMES.fullmatch(name) and selection is not None:
                    if selection.takes(entry.path):
                        yield entry.path, one


def _offer(context: BuildContext, model: LayerModel, paths: list[str]) -> tuple[Fix | None, str | None]:
    from copylast import sharing

    for where, other in sharing(model):
        for stage in other.stages:
            for step in stage.steps:
                text = other.dockerfile.source.slice(step.instruction.span) if step.keyword == "RUN" else ""
                for path in paths:
                    name = re.escape(path.rpartition("/")[2])
                    if re.search(rf"(?<![\w.-]){name}(?![\w-])", text):
                        return None, f"{where}:{step.line} names {path}"
    title = f"Leave {listed(paths)} out of the build context"
    try:
        fix = leave_out(model, paths, paths, title, Safety.UNSAFE, drops=paths)
    except Refused as reason:
        return None, str(reason)
    return fix, "the fix is not a safe one: something in the image may look for what is part of the repository"
