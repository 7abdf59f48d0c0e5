"""Files that change without meaning reach a broad COPY.

What it finds
=============

A `COPY`, an `ADD` or a bind mount that takes a folder as a whole, and the ignore file lets through what changes and
means nothing to the build: git's folder, and what the folder's `.gitignore` names of caches, editor files, logs and
reports of test coverage.

Why it matters
==============

All files that a step copies are part of its cache key. Git's folder changes with every commit, fetch and checkout, and
even `git status` writes in it: with it in the build context the step and all below it run again although no line of
source changed, and every layer carries the history of the project. A log or a cache does the same after each test run.

What the fix does
=================

It adds the lines to the ignore file that counts, before the first line that could bring the files back. Caches and
editor files are left out safely: a fresh clone has none of them. Leaving out `.git`, logs and reports is an unsafe fix,
since a build may read them in a way that nobody can see from outside; it is offered once the safe one is applied.
Nothing is left out that a `COPY`, a bind mount or an install of any Dockerfile that shares the ignore file names.

When it stays silent
====================

About all but git's folder where the step has no work below it: then only the copy itself is made again. About editor
files alone: they change while the source is edited, and then the step runs again anyway. About `*.pyc` and `*.log`
alone, which stand in every template.

About `.git` where the build reads it: a step runs `git describe` or the like, itself or in a Makefile or a script of
the project, a `COPY` names it, or a manifest has a tool that takes the version from it (setuptools_scm, hatch-vcs,
versioneer, vergen, MinVer and others). The fix for it is withheld where `go build` or `dotnet publish` writes the
commit into what it builds. Without an effective ignore file, which ignore-file-missing (CPL301) reports; beside a
`.containerignore`, which Podman and Buildah read instead; in stages that the build does not need; where the context
is guessed and another one is possible. What lies in the folder and is named in no `.gitignore` is left to its owner.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from copylast import BuildContext, Diagnostic, Example, Facts, LayerModel, Rule, Safety, Severity, Step, View
from copylast_rules.context.local_files import Local, for_podman, ignoring, listed, local_files

_GIT = {".git/HEAD": "ref: refs/heads/main\n", "app.py": "", ".dockerignore": "*.md\n"}
_ALL = "FROM python:3.12\nCOPY . /app\nRUN python -m compileall /app\n"
_NODE = "FROM node:20\nCOPY . .\nRUN npm run build\n"
_WEB = "FROM node:20\nCOPY web ./\nRUN npm run build\n"
_ALONE = frozenset({"*.pyc", "*.py[cod]", "*.py[co]", "*.log"})
"""Names of templates: Python 3 writes its own into ``__pycache__``, and few projects have a log beside their source."""
_QUICK = frozenset("chmod chown chgrp mkdir touch rm rmdir ln cp mv cat find sed grep test [ install ls strip".split())
"""Programs that need no time worth speaking of."""


class ChurnInContext(Rule):
    """Files that change without meaning reach a broad COPY."""

    code = "CPL302"
    name = "churn-in-context"
    severity = Severity.INFO
    examples = (
        Example("Git's folder", _ALL, _GIT, fixed=_ALL, ignore="*.md\n.git\n", unsafe=True),
        Example(
            "Caches and editor files",
            _ALL,
            {"app.py": "", ".gitignore": "# local\n.mypy_cache/\n/.idea\n*.swp\n", ".dockerignore": "docs"},
            fixed=_ALL,
            ignore="docs\n**/.mypy_cache\n.idea\n**/*.swp",
        ),
        Example(
            "Logs, before a line that brings some back",
            _NODE,
            {"index.js": "", ".gitignore": "*.log\ncoverage\n", ".dockerignore": "docs\n# the guide\n!docs/guide\n"},
            fixed=_NODE,
            ignore="docs\n# the guide\n!docs/guide\n**/*.log\n**/coverage\n",
            unsafe=True,
        ),
        Example(
            "The folder of a service",
            _WEB,
            {"web/index.js": "", "web/.gitignore": "/.turbo\n", ".dockerignore": ".git\n"},
            fixed=_WEB,
            ignore=".git\nweb/.turbo\n",
        ),
        Example(
            "A build that may stamp the commit",
            "FROM golang:1.22\nCOPY . .\nRUN go build -o /app\n",
            {**_GIT, "go.mod": "module a\n", "main.go": "package main\n"},
            withheld="writes the commit into what it builds",
        ),
        Example(
            "A line that brings everything back",
            _ALL,
            {"app.py": "", ".gitignore": ".mypy_cache\n", ".dockerignore": "docs\n!**\n"},
            withheld="a line of .dockerignore brings .mypy_cache back",
        ),
        Example(
            "The version comes from git",
            "FROM python:3.12\nCOPY . /app\nRUN pip install /app\n",
            {**_GIT, "pyproject.toml": '[build-system]\nrequires = ["setuptools_scm>=8"]\n'},
            silent="setuptools_scm reads .git",
        ),
        Example(
            "A script asks git",
            "FROM alpine\nCOPY . /app\nRUN make -C /app\n",
            {**_GIT, "Makefile": "all:\n\t./build.sh\n", "build.sh": "VERSION=$(git describe --tags)\n"},
            silent="the Makefile runs build.sh, which runs git describe",
        ),
        Example(
            "All at once: what is safe comes first",
            _NODE,
            {**_GIT, ".gitignore": ".eslintcache\n.DS_Store\ncoverage\n"},
            fixed=_NODE,
            ignore="*.md\n**/.eslintcache\n**/.DS_Store\n",
        ),
        Example(
            "Nothing is built of it",
            "FROM node:20\nCOPY . .\nRUN chown -R node .\n",
            {"index.js": "", ".gitignore": "coverage\n.turbo\n", ".dockerignore": ".git\n"},
            silent="only the copy is made again",
        ),
        Example(
            "Files of an editor",
            _NODE,
            {"index.js": "", ".gitignore": ".idea\n.DS_Store\n", ".dockerignore": ".git\n"},
            silent="they change while the source does",
        ),
        Example(
            "The name of a template",
            _NODE,
            {"index.js": "", ".gitignore": "*.log\n", ".dockerignore": ".git\n"},
            silent="next to no project has such a file",
        ),
        Example(
            "Git's folder is ignored",
            _ALL,
            {**_GIT, ".dockerignore": ".git\n"},
            silent="it does not reach the COPY",
        ),
        Example(
            "A list of what may enter",
            _ALL,
            {**_GIT, ".gitignore": "*.log\n", ".dockerignore": "*\n!app.py\n"},
            silent="nothing else reaches the COPY",
        ),
        Example(
            "Folders of source",
            "FROM python:3.12\nCOPY src /app\nRUN python -m compileall /app\n",
            {**_GIT, "src/app.py": "", ".gitignore": "*.log\n"},
            silent="git's folder is not in it",
        ),
        Example(
            "No ignore file at all",
            _ALL,
            {".git/HEAD": "", "app.py": ""},
            silent="ignore-file-missing says it",
        ),
        Example(
            "Git keeps a file in it",
            _ALL,
            {"app.py": "", ".gitignore": ".gradle/*\n!.gradle/init.gradle\n", ".dockerignore": ".git\n"},
            silent="init.gradle is part of the project",
        ),
        Example(
            "Git keeps one of them",
            _ALL,
            {"app.py": "", ".gitignore": ".coverage\n!web/.coverage\n", ".dockerignore": ".git\n"},
            silent="web/.coverage is part of the project",
        ),
    )

    def check(self, view: View) -> Iterable[Diagnostic]:
        """One finding for each step, with the names that it brings."""
        context, model = ignoring(view), view.layers
        local = model.shared(local_files) if context is not None else ()
        if context is None or not local or for_podman(context):
            return
        steps: dict[int, list[Local]] = {}
        for one in local:
            if one.kind in ("git", "cache", "editor", "log"):
                steps.setdefault(one.one.step.index, []).append(one)
        for some in steps.values():
            causes = [one for one in some if _matters(model, one)]
            if causes:
                yield self._found(model, context, some, causes)

    def _found(
        self, model: LayerModel, context: BuildContext, some: Sequence[Local], causes: Sequence[Local]
    ) -> Diagnostic:
        from copylast_rules.context.git_reads import may_stamp
        from copylast_rules.context.leaving import leaving, said_by

        assert context.ignore is not None
        stamps = model.shared(may_stamp) if any(one.kind == "git" for one in causes) else None
        fix, withheld = None, stamps
        kinds = {one.kind for one in causes}
        # What would not be worth a finding of its own goes along.
        kinds |= {"editor"} if "cache" in kinds else set()
        causes = [one for one in some if one.kind in kinds]
        safe = [one for one in causes if one.kind in ("cache", "editor")]
        unsafe = [one for one in causes if one.kind == "log" or (one.kind == "git" and stamps is None)]
        if safe:
            fix, withheld = leaving(model, safe, Safety.SAFE)
        if fix is None and unsafe:
            fix, withheld = leaving(model, unsafe, Safety.UNSAFE)
        names = [one.name for one in causes]
        changes = "changes" if len(names) == 1 else "change"
        label = "each change of them runs this step again"
        if causes[0].kind == "git":
            label = "each commit, fetch and checkout runs this step again"
        return Diagnostic(
            self.code,
            self.name,
            f"{context.ignore.path} lets {listed(names)} through, which {changes} without a meaning to the build",
            causes[0].one.step.instruction.span,
            self.severity,
            label=label,
            notes=said_by(causes),
            help=f"add {'it' if len(names) == 1 else 'a line for each'} to {context.ignore.path}",
            fix=fix,
            withheld=withheld,
        )


def _matters(model: LayerModel, local: Local) -> bool:
    """Whether a change of the file alone costs more than the copy; git's folder is large, and ends up in the image."""
    if local.kind == "git":
        from copylast_rules.context.git_reads import reads_git

        return model.shared(reads_git) is None
    return local.kind != "editor" and local.name not in _ALONE and (local.one.mount or _worked(model, local.one.step))


def _worked(model: LayerModel, step: Step) -> bool:
    """Whether a RUN that may take time stands on what ``step`` made."""
    for stage in model.stages:
        if stage.index in model.reachable() and step in stage.chain_steps:
            for run in stage.chain_steps[stage.chain_steps.index(step) :]:
                if run.keyword == "RUN" and any(_work(fact) for fact in model.facts(run)):
                    return True
    return False


def _work(fact: Facts) -> bool:
    """Whether a command may take time."""
    if fact.match is not None or not fact.command.argv:
        return fact.match is not None or fact.role == "open"
    return fact.role in ("install", "build", "open") and fact.command.argv[0].rpartition("/")[2] not in _QUICK
