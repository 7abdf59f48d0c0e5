"""A pattern of the ignore file counts only at the top, and what it is about lies deeper too.

What it finds
=============

`node_modules`, `__pycache__`, `*.pyc`, `bin` or `obj` in an ignore file, while a folder below the top has a project
of its own (a `package.json`, a Python package, a project file of .NET) in which the same will lie, and a `COPY`, an
`ADD` or a bind mount takes that folder along.

Why it matters
==============

Patterns of an ignore file count from the top of the build context, unlike those of a `.gitignore`, which count at
every depth. So `node_modules` leaves `web/node_modules` in: thousands of files go to the builder, are laid over what
the image installed, and run the step and all below it again after each local install.

What the fix does
=================

It puts `**/` before the pattern, which then counts at the top and at every depth. It is safe since a fresh clone has
none of the files, and the image makes them again in every Dockerfile that shares the ignore file; else it is
withheld. Nothing is left out that a `COPY`, a bind mount or an install of one of them names, or that is part of the
repository.

When it stays silent
====================

For a pattern with a `/` in it, which says where it counts; where another line leaves the deeper ones out; where no
folder with a project of its own comes along, as far as the first level and the manifests of the installs show; beside
a `.containerignore`, which Podman and Buildah read instead; in stages that the build does not need; where the context
is guessed and another one is possible.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from copylast import BuildContext, Diagnostic, Example, Fix, IgnorePattern, LayerModel, Refused, Rule, Severity, View
from copylast_rules.context.brought import Brought, brought
from copylast_rules.context.local_files import Kind, Local, for_podman, ignoring
from copylast_rules.context.made_again import made_again

_SIGNS = {
    "node_modules": ("package.json",),
    "__pycache__": ("__init__.py",),
    "*.pyc": ("__init__.py",),
    "*.py[cod]": ("__init__.py",),
    "bin": (".csproj", ".fsproj", ".vbproj"),
    "obj": (".csproj", ".fsproj", ".vbproj"),
}
"""A pattern -> how the files end that say of a folder that such things will lie in it."""
_FOLDERS = 100

_WEB = {
    "package.json": '{"name": "a", "workspaces": ["web"]}',
    "package-lock.json": '{"lockfileVersion": 3, "packages": {"": {"name": "a", "workspaces": ["web"]}}}',
    "web/package.json": '{"name": "web"}',
}
_NODE = "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN npm ci\n"


class IgnorePatternNotNested(Rule):
    """A pattern of the ignore file counts only at the top, and what it is about lies deeper too."""

    code = "CPL305"
    name = "ignore-pattern-not-nested"
    severity = Severity.INFO
    examples = (
        Example(
            "Packages of a workspace",
            _NODE,
            {**_WEB, ".dockerignore": "# local\nnode_modules/\n.git\n"},
            fixed=_NODE,
            ignore="# local\n**/node_modules/\n.git\n",
        ),
        Example(
            "Python's caches",
            "FROM python:3.12\nCOPY . /app\n",
            {"shop/__init__.py": "", ".dockerignore": ".git\r\n__pycache__"},
            fixed="FROM python:3.12\nCOPY . /app\n",
            ignore=".git\r\n**/__pycache__",
        ),
        Example(
            "Projects of a solution",
            "FROM mcr.microsoft.com/dotnet/sdk:8.0\nCOPY . /src\nRUN dotnet publish /src/api -o /app\n",
            {"api/api.csproj": '<Project Sdk="Microsoft.NET.Sdk.Web" />', ".dockerignore": "obj\n"},
            fixed="FROM mcr.microsoft.com/dotnet/sdk:8.0\nCOPY . /src\nRUN dotnet publish /src/api -o /app\n",
            ignore="**/obj\n",
        ),
        Example(
            "Nothing installs them again",
            "FROM node:20\nCOPY . /app\n",
            {"fn/package.json": "{}", ".dockerignore": "node_modules\n"},
            withheld="nothing in the image makes fn/node_modules again",
        ),
        Example(
            "Another Dockerfile has them as they are",
            _NODE,
            {**_WEB, ".dockerignore": "node_modules\n", "fn.Dockerfile": "FROM node:20\nCOPY web /fn\n"},
            withheld="fn.Dockerfile:2 brings node_modules",
        ),
        Example(
            "One of them is checked in",
            "FROM mcr.microsoft.com/dotnet/sdk:8.0\nCOPY . /src\nRUN dotnet publish /src/api -o /app\n",
            {"api/api.csproj": "<Project />", "tools/bin/run.sh": "", ".dockerignore": "bin\n"},
            withheld="tools/bin is part of the repository",
        ),
        Example(
            "It counts everywhere",
            _NODE,
            {**_WEB, ".dockerignore": "**/node_modules\n"},
            silent="`**/` is any depth",
        ),
        Example(
            "A second line leaves the others out",
            _NODE,
            {**_WEB, ".dockerignore": "node_modules\n*/node_modules\n"},
            silent="web/node_modules is left out too",
        ),
        Example(
            "It says where",
            _NODE,
            {**_WEB, ".dockerignore": "/node_modules\n"},
            silent="who writes the slash means the top",
        ),
        Example(
            "One project",
            _NODE,
            {"package.json": "{}", "src/a.js": "", ".dockerignore": "node_modules\n"},
            silent="there is no other package.json",
        ),
        Example(
            "The other project stays outside",
            "FROM node:20\nWORKDIR /app\nCOPY src src\nRUN ls\n",
            {**_WEB, "src/a.js": "", ".dockerignore": "node_modules\n"},
            silent="web does not come along",
        ),
    )

    def check(self, view: View) -> Iterable[Diagnostic]:
        """One finding for each pattern."""
        context, model = ignoring(view), view.layers
        patterns = context.ignore.patterns if context is not None and context.ignore is not None else ()
        wanted = [one for one in patterns if one.text in _SIGNS and not one.negated]
        if context is None or not wanted or for_podman(context):
            return
        for pattern in wanted:
            found = _deeper(context, model, pattern)
            if found is not None:
                yield self._found(context, model, pattern, *found)

    def _found(
        self, context: BuildContext, model: LayerModel, pattern: IgnorePattern, one: Brought, path: str
    ) -> Diagnostic:
        assert context.ignore is not None
        where = f"{context.ignore.path}:{pattern.line}"
        fix, withheld = _offer(model, pattern, one, path)
        return Diagnostic(
            self.code,
            self.name,
            f"`{pattern.text}` in {where} lets {path} through: it counts only at the top",
            one.step.instruction.span,
            self.severity,
            label="takes the folder along",
            notes=("patterns of an ignore file count from the top, unlike those of a .gitignore",),
            help=f"write `**/{pattern.text}`",
            fix=fix,
            withheld=withheld,
        )


def _offer(model: LayerModel, pattern: IgnorePattern, one: Brought, path: str) -> tuple[Fix | None, str | None]:
    from copylast import at_every_depth

    if pattern.text not in ("__pycache__", "*.pyc", "*.py[cod]"):
        kind: Kind = "packages" if pattern.text == "node_modules" else "results"
        again = made_again(model, Local(pattern.text, kind, f"**/{pattern.text}", path, "", one))
        if again is None or again.refused is not None:
            return None, f"nothing in the image makes {path} again" if again is None else again.refused
    try:
        return at_every_depth(model, pattern, f"Let `{pattern.text}` count at every depth"), None
    except Refused as reason:
        return None, str(reason)


def _deeper(context: BuildContext, model: LayerModel, pattern: IgnorePattern) -> tuple[Brought, str] | None:
    """A step, and a path below the top that the pattern seems to be about and that comes along with the step."""
    assert context.ignore is not None
    if "/" in context.ignore.source.slice(pattern.span).rstrip("/"):
        return None
    name = pattern.text.replace("[cod]", "c").replace("*", "x")
    for folder in _projects(context, model, _SIGNS[pattern.text]):
        path = f"{folder}/{name}"
        if context.ignored(path) or context.ignored(f"{path}/x"):
            continue
        for one in model.shared(brought):
            if one.copy.selection is not None and one.copy.selection.takes(path):
                return one, f"{folder}/{pattern.text}"
    return None


def _projects(context: BuildContext, model: LayerModel, signs: tuple[str, ...]) -> Iterator[str]:
    """Folders below the top with a project of their own: those of the manifests that installs read, and at the top."""
    for stage in model.stages:
        for step in stage.steps:
            for fact in model.facts(step) if step.keyword == "RUN" else ():
                for need in fact.closure.needs if fact.closure is not None else ():
                    origin = model.tree(step).origin(need.path) if need.path.endswith(signs) else None
                    if origin is not None and "/" in origin.path:
                        yield origin.path.rpartition("/")[0]
    folders = [entry.path for entry in context.children("") if entry.kind == "dir"][:_FOLDERS]
    for folder in folders:
        if signs[0].startswith("."):
            if any(entry.path.endswith(signs) for entry in context.children(folder)):
                yield folder
        elif any(context.entry(f"{folder}/{sign}") is not None for sign in signs):
            yield folder
