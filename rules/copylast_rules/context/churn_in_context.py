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
since a build may read them in a way that nobody can see from outside. Nothing is left out that a `COPY`, a bind mount
or an install of any Dockerfile that shares the ignore file names.

When it stays silent
====================

About `.git` where the build reads it: a step runs `git describe` or the like, itself or in a Makefile or a script of
the project, a `COPY` names it, or a manifest has a tool that takes the version from it (setuptools_scm, hatch-vcs,
versioneer, vergen, MinVer and others). The fix for it is withheld where `go build` or `dotnet publish` writes the
commit into what it builds. Without an effective ignore file, which ignore-file-missing (CPL301) reports; beside a
`.containerignore`, which Podman and Buildah read instead; in stages that the build does not need; where the context
is guessed and another one is possible. What lies in the folder and is named in no `.gitignore` is left to its owner.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from copylast import BuildContext, Diagnostic, Example, Fix, Rule, Safety, Severity, View
from copylast_rules.context.local_files import Kind, Local, for_podman, ignoring, listed, local_files

_GIT = {".git/HEAD": "ref: refs/heads/main\n", "app.py": "", ".dockerignore": "*.md\n"}
_ALL = "FROM python:3.12\nCOPY . /app\n"
_KINDS: tuple[tuple[Safety, tuple[Kind, ...]], ...] = ((Safety.SAFE, ("cache", "editor")), (Safety.UNSAFE, ("log",)))


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
            "FROM node:20\nCOPY . .\n",
            {"index.js": "", ".gitignore": "*.log\ncoverage\n", ".dockerignore": "docs\n# the guide\n!docs/guide\n"},
            fixed="FROM node:20\nCOPY . .\n",
            ignore="docs\n# the guide\n!docs/guide\n**/*.log\n**/coverage\n",
            unsafe=True,
        ),
        Example(
            "The folder of a service",
            "FROM node:20\nCOPY web ./\n",
            {"web/index.js": "", "web/.gitignore": "/.turbo\n", ".dockerignore": ".git\n"},
            fixed="FROM node:20\nCOPY web ./\n",
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
            "FROM python:3.12\nCOPY . /app\n",
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
            "FROM python:3.12\nCOPY src /app\n",
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
            {"app.py": "", ".gitignore": ".vscode/*\n!.vscode/tasks.json\n", ".dockerignore": ".git\n"},
            silent="tasks.json is part of the project",
        ),
        Example(
            "Git keeps one of them",
            _ALL,
            {"app.py": "", ".gitignore": "*.log\n!golden.log\n", ".dockerignore": ".git\n"},
            silent="golden.log is part of the project",
        ),
    )

    def check(self, view: View) -> Iterable[Diagnostic]:
        """One finding for git's folder, one for what can be left out safely and one for the rest."""
        context, model = ignoring(view), view.layers
        local = model.shared(local_files) if context is not None else ()
        if context is None or not local or for_podman(context):
            return
        from copylast_rules.context.git_reads import may_stamp, reads_git
        from copylast_rules.context.leaving import leaving

        git = [one for one in local if one.kind == "git"]
        if git and model.shared(reads_git) is None:
            fix, withheld = leaving(model, git, Safety.UNSAFE, model.shared(may_stamp))
            yield self._found(context, git, "each commit, fetch and checkout runs this step again", fix, withheld)
        for safety, kinds in _KINDS:
            some = [one for one in local if one.kind in kinds]
            if some:
                fix, withheld = leaving(model, some, safety)
                yield self._found(context, some, "each change of them runs this step again", fix, withheld)

    def _found(
        self, context: BuildContext, local: Sequence[Local], label: str, fix: Fix | None, withheld: str | None
    ) -> Diagnostic:
        from copylast_rules.context.leaving import said_by

        assert context.ignore is not None
        one, names = local[0].one, [each.name for each in local]
        changes = "changes" if len(names) == 1 else "change"
        return Diagnostic(
            self.code,
            self.name,
            f"{context.ignore.path} lets {listed(names)} through, which {changes} without a meaning to the build",
            one.step.instruction.span,
            self.severity,
            label=label,
            notes=said_by(local),
            help=f"add {'it' if len(names) == 1 else 'a line for each'} to {context.ignore.path}",
            fix=fix,
            withheld=withheld,
        )
