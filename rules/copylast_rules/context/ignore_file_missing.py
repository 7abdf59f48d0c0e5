"""No ignore file keeps from a broad COPY what the image does not need.

What it finds
=============

A `COPY`, an `ADD` or a bind mount that takes a folder as a whole where no ignore file counts, or one without a
pattern, and where files reach it that are surely no source: the Dockerfile itself, git's folder, and whatever a
`.gitignore` in that folder says a working copy holds (`node_modules`, logs, local settings).

It is a warning where the `.gitignore` names what surely comes and goes: caches, editor files, logs, or packages that
the image installs itself. Else it is information, since a fresh clone holds nothing of the kind.

Why it matters
==============

All of it is part of the step's cache key. A commit, an edit of the Dockerfile or a test run on the laptop runs the
step and all below it again; a folder of installed packages is laid over the one in the image, and what is secret
comes along.

What the fix does
=================

It writes the ignore file, with what can be left out safely of the names that the `.gitignore` has: caches, editor
files, and installed packages that every Dockerfile of the build context installs again. Where there is none of those,
an unsafe fix writes what a build may read in a way that nobody can see from outside: `.git`, unless something reads
it, logs, and results of a build that the image makes again. What else git ignores stays, since it is often the
payload (`dist`, `target/*.jar`), and nothing is left out that a Dockerfile of the build context names. It is a start:
the author knows what else the image can do without. A file that is there is never replaced.

When it stays silent
====================

With an ignore file that has a pattern; where none would count (a git context, or beside a `.containerignore`, which
Podman and Buildah read); where folders are copied in which nothing of that is (`COPY src /src`), or `--exclude` keeps
it out; in stages that the build does not need; without a build context, and where it is guessed and another one is
possible.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from copylast import (
    BuildContext,
    ContextError,
    Copy,
    Diagnostic,
    Example,
    Fix,
    Label,
    LayerModel,
    NamedTuple,
    Rule,
    Safety,
    Severity,
    Span,
    View,
)
from copylast_rules.context.brought import brought
from copylast_rules.context.local_files import Local, listed, local_files
from copylast_rules.context.made_again import made_again

_IGNORES = ".dockerignore"
_PYTHON = {"app.py": "", "requirements.txt": "", ".gitignore": "# local\n__pycache__/\n*.pyc\n\n.env\n!keep\n"}


class IgnoreFileMissing(Rule):
    """No ignore file keeps from a broad COPY what the image does not need."""

    code = "CPL301"
    name = "ignore-file-missing"
    severity = Severity.INFO
    examples = (
        Example(
            "The whole folder",
            "FROM python:3.12\nCOPY . /app\n",
            _PYTHON,
            fixed="FROM python:3.12\nCOPY . /app\n",
            ignore="**/__pycache__\n**/*.pyc\n",
        ),
        Example(
            "Only the Dockerfile is too much",
            "FROM alpine\nADD ./ /app\n",
            {"run.sh": ""},
            found=True,
        ),
        Example(
            "Git's folder",
            "FROM alpine\nRUN --mount=type=bind,target=/src sh /src/run.sh\n",
            {"run.sh": "", ".git/HEAD": "ref: refs/heads/main\n"},
            fixed="FROM alpine\nRUN --mount=type=bind,target=/src sh /src/run.sh\n",
            ignore=".git\n",
            unsafe=True,
        ),
        Example(
            "A folder with local files of its own",
            "FROM node:20\nCOPY web ./\n",
            {"web/.gitignore": "node_modules\n", "web/index.js": ""},
            found=True,
        ),
        Example(
            "Packages that the image installs",
            "FROM node:20\nCOPY web ./\nRUN npm ci\n",
            {"web/.gitignore": "/node_modules\ndist\n", "web/package.json": "{}", "web/package-lock.json": "{}"},
            fixed="FROM node:20\nCOPY web ./\nRUN npm ci\n",
            ignore="web/node_modules\n",
        ),
        Example(
            "Another Dockerfile has them from the folder",
            "FROM node:20\nCOPY . ./\nRUN npm ci\n",
            {".gitignore": "node_modules\n", "package.json": "{}", "fn.Dockerfile": "FROM node:20\nCOPY . /fn\n"},
            found=True,
        ),
        Example(
            "An ignore file of comments",
            "FROM python:3.12\nCOPY . /app\n",
            {**_PYTHON, ".dockerignore": "# nothing yet"},
            fixed="FROM python:3.12\nCOPY . /app\n",
            ignore="# nothing yet\n**/__pycache__\n**/*.pyc",
        ),
        Example(
            "There is one",
            "FROM python:3.12\nCOPY . /app\n",
            {**_PYTHON, ".dockerignore": "__pycache__\n"},
            silent="what it should leave out besides is another question",
        ),
        Example(
            "One of the Dockerfile's own",
            "FROM python:3.12\nCOPY . /app\n",
            {**_PYTHON, "Dockerfile.dockerignore": ".git\n"},
            silent="it counts instead of .dockerignore",
        ),
        Example(
            "A folder with the Dockerfile in it",
            "FROM alpine\nCOPY api /app\n",
            {"api/run.sh": "", "api/Dockerfile": "FROM alpine\n"},
            silent="that alone is not worth an ignore file",
        ),
        Example(
            "A folder of source",
            "FROM python:3.12\nCOPY src /app\n",
            {**_PYTHON, "src/app.py": ""},
            silent="nothing in it is known to be anything else",
        ),
        Example(
            "Files by name",
            "FROM python:3.12\nCOPY app.py *.txt /app/\n",
            _PYTHON,
            silent="nothing else comes along",
        ),
        Example(
            "The COPY keeps it out",
            "# syntax=docker/dockerfile:1.7-labs\nFROM alpine\nCOPY --exclude=Dockerfile . /app\n",
            {"run.sh": ""},
            silent="the Dockerfile does not come along",
        ),
        Example(
            "A stage that nobody needs",
            "FROM python:3.12 AS test\nCOPY . /app\n\nFROM python:3.12\nCOPY app.py /app/\n",
            _PYTHON,
            silent="the build leaves the stage out",
        ),
        Example(
            "Podman's ignore file",
            "FROM python:3.12\nCOPY . /app\n",
            {**_PYTHON, ".containerignore": ".env\n"},
            silent="Podman and Buildah read that one",
        ),
    )

    def check(self, view: View) -> Iterable[Diagnostic]:
        """One finding a file, at the first of the steps."""
        context, model = view.context, view.layers
        if context is None or not context.heeds_ignore_file or not view.context_certain:
            return
        if context.ignore is not None and (context.ignore.patterns or context.ignore.problems):
            return
        found: list[tuple[int, Span, list[_Surplus], str]] = []
        for one in model.shared(brought):
            surplus = _reaching(context, one.copy)
            if surplus:
                at = one.step.instruction
                found.append((at.index, at.span, surplus, "the bind mount" if one.mount else one.step.keyword))
        found.sort(key=_index)
        if not found or context.raw_entry(".containerignore") is not None:
            return
        _, span, surplus, what = found[0]
        local = model.shared(local_files)
        fix, withheld = _offer(model, local)
        yield Diagnostic(
            self.code,
            self.name,
            f"{what} brings {listed([one.name for one in surplus])}, which no ignore file keeps out",
            span,
            Severity.WARNING if any(_churns(model, one) for one in local) else self.severity,
            label="each change of them runs this step again",
            labels=tuple(dict.fromkeys(Label(other, "so does this") for _, other, _, _ in found[1:] if other != span)),
            notes=tuple(one.note for one in surplus if one.note),
            help=f"write {context.ignore_names[-1]}, with a line for each that the image does not need",
            fix=fix,
            withheld=withheld,
        )


def _churns(model: LayerModel, local: Local) -> bool:
    """Whether a name says for sure that what changes without meaning comes along, in a working copy at least."""
    if local.kind == "packages":
        return made_again(model, local) is not None
    return local.kind in ("cache", "editor", "log")


def _offer(model: LayerModel, local: Sequence[Local]) -> tuple[Fix | None, str | None]:
    """An ignore file of what can be left out safely; without such names, of what an unsafe fix may leave out."""
    from copylast_rules.context.git_reads import may_stamp, reads_git
    from copylast_rules.context.leaving import leaving

    safe: list[Local] = []
    unsafe: list[Local] = []
    for one in local:
        if one.kind in ("packages", "results"):
            again = made_again(model, one)
            if again is not None and again.refused is None:
                (safe if one.kind == "packages" else unsafe).append(one)
        elif one.kind == "git":
            if model.shared(reads_git) is None and model.shared(may_stamp) is None:
                unsafe.append(one)
        else:
            (safe if one.kind in ("cache", "editor") else unsafe).append(one)
    if not safe and not unsafe:
        return None, None
    return leaving(model, safe or unsafe, Safety.SAFE if safe else Safety.UNSAFE)


class _Surplus(NamedTuple):
    """Something that reaches a step and is no source, as people call it, and what else is to be said of it."""

    name: str
    note: str = ""


def _index(found: tuple[int, Span, list[_Surplus], str]) -> int:
    return found[0]


def _reaching(context: BuildContext, copy: Copy) -> list[_Surplus]:
    """What is no source and comes along with a folder; walks nothing."""
    selection = copy.selection
    found: dict[str, _Surplus] = {}
    for folder in selection.folders if selection is not None else ():
        for path, surplus in _surplus(context, folder):
            # `--exclude` may keep it out.
            if selection is not None and selection.image_path(path) is not None:
                found.setdefault(surplus.name, surplus)
    return list(found.values())


def _surplus(context: BuildContext, folder: str) -> Iterator[tuple[str, _Surplus]]:
    """What a folder of the context holds that is no source, each with the path that says so."""
    start = f"{folder}/" if folder else ""
    git = context.raw_entry(f"{start}.git")
    if git is not None and git.kind == "dir":
        note = "keep .git where a step reads it: git describe, setuptools_scm, hatch-vcs, versioneer, Go's build info"
        yield git.path, _Surplus(git.path, note)
    # The first place for an ignore file is beside the Dockerfile, if that has a name.
    for name in context.ignore_names[:-1]:
        dockerfile = name.removesuffix(_IGNORES)
        # In a folder of source it is not worth an ignore file of its own.
        if not dockerfile.startswith("../") and not folder:
            yield dockerfile, _Surplus(dockerfile)
    local = f"{start}.gitignore"
    names = _ignored_by_git(context, local)
    if names:
        yield local, _Surplus(f"what {local} names", f"{local} names {listed(names)}")


def _ignored_by_git(context: BuildContext, path: str) -> list[str]:
    """The patterns of a ``.gitignore``; empty if it is not there or brings more in than it leaves out."""
    entry = context.raw_entry(path)
    if entry is None or entry.kind != "file":
        return []
    try:
        lines = [line.strip() for line in context.read_text(path, 1_000_000).splitlines()]
    except ContextError:
        return []
    return [line for line in lines if line and not line.startswith(("#", "!")) and line not in ("*", "/*")]
