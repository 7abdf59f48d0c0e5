"""What a working copy holds that nobody checked in, and which of it reaches a broad COPY.

Nothing here depends on what happens to lie in the folder: a fresh clone has the same answers. What is local is said by
the `.gitignore` at the top of the folder that is copied.
"""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from copylast import BuildContext, ContextError, LayerModel, NamedTuple, View
from copylast.typed import Literal
from copylast_rules.context.brought import Brought, brought

Kind = Literal["packages", "results", "cache", "editor", "log", "git"]
"""``packages``: installed ones. ``results``: of a build. ``log``: of the program or of a test run."""

_KINDS: dict[Kind, str] = {
    "packages": "node_modules .venv venv __pycache__",
    "results": "dist target build .next vendor bin obj out",
    "cache": "*.pyc *.py[cod] *.py[co] .pytest_cache .mypy_cache .ruff_cache .hypothesis .tox .nox .eslintcache"
    " .stylelintcache .parcel-cache .turbo .sass-cache .ipynb_checkpoints .gradle *.tsbuildinfo",
    "editor": ".idea .vscode .vs .DS_Store Thumbs.db *.swp *.swo *~ *.iml .history *.sublime-workspace",
    # The logs of a package manager that broke down are in every template, and next to nowhere else.
    "log": "*.log coverage .coverage htmlcov .nyc_output",
}
_KIND_OF: dict[str, Kind] = {name: kind for kind, names in _KINDS.items() for name in names.split()}
RESULTS = frozenset(_KINDS["results"].split())


class Local(NamedTuple):
    """A name that a ``.gitignore`` has (``said_by``; empty for git's folder), and the step that brings such a file.

    ``pattern`` is the line for the ignore file, ``probe`` a context path that it must leave out.
    """

    name: str
    kind: Kind
    pattern: str
    probe: str
    said_by: str
    one: Brought


def ignoring(view: View) -> BuildContext | None:
    """The build context if it is known and an ignore file with patterns counts for it, else None."""
    context = view.context
    if context is None or context.ignore is None or not context.ignore.patterns or context.ignore.problems:
        return None
    return context if view.context_certain and context.heeds_ignore_file else None


def for_podman(context: BuildContext) -> bool:
    """Whether Podman and Buildah would heed another ignore file."""
    return context.raw_entry(".containerignore") is not None


def local_files(model: LayerModel) -> tuple[Local, ...]:
    """What is local and reaches a COPY, an ADD or a bind mount that takes a folder as a whole."""
    context = model.context
    found: dict[str, Local] = {}
    if context is None:
        return ()
    for one in model.shared(brought):
        for folder in one.copy.selection.folders if one.copy.selection is not None else ():
            start = f"{folder}/" if folder else ""
            git, names = context.raw_entry(f"{start}.git"), context.raw_entry(f"{start}.gitignore")
            if git is not None and git.kind == "dir" and _reaches(context, one, git.path):
                found.setdefault(git.path, Local(git.path, "git", git.path, git.path, "", one))
            for local in _declared(context, start, one) if names is not None else ():
                if local.pattern not in found and _reaches(context, one, local.probe):
                    found[local.pattern] = local
    return tuple(found.values())


def _reaches(context: BuildContext, one: Brought, probe: str) -> bool:
    # `node_modules/**` leaves all out but the empty folder.
    if context.ignored(probe) or context.ignored(f"{probe}/x"):
        return False
    return one.copy.selection is not None and one.copy.selection.takes(probe)


def _declared(context: BuildContext, start: str, one: Brought) -> list[Local]:
    found: list[Local] = []
    lines = git_ignores(context, f"{start}.gitignore")
    kept = [part for line in lines if line.startswith("!") for part in line[1:].strip("/").split("/")]
    for line in lines:
        name = line.removesuffix("/**").removesuffix("/*").rstrip("/")
        anchored = name.startswith("/")
        name = name.removeprefix("/").removeprefix("**/")
        kind = _KIND_OF.get(name)
        if kind is None or any(fnmatchcase(other, name) or fnmatchcase(name, other) for other in kept):
            continue
        probe = name.replace("[cod]", "c").replace("[co]", "c").replace("*", "x")
        pattern = f"{start}{name}" if anchored else f"{start}**/{name}"
        found.append(Local(name, kind, pattern, f"{start}{probe}", f"{start}.gitignore", one))
    return found


def git_ignores(context: BuildContext, path: str) -> list[str]:
    """The lines of a ``.gitignore`` that say something; empty if it is not there or leaves all out."""
    entry = context.raw_entry(path)
    if entry is None or entry.kind != "file":
        return []
    try:
        # Whether it reaches the builder does not matter to git.
        text = context.raw_read(path, 1_000_000).decode("utf-8-sig", "replace")
    except ContextError:
        return []
    lines = [line.strip() for line in text.splitlines()]
    return [] if "*" in lines or "/*" in lines else [line for line in lines if line and not line.startswith("#")]


def listed(names: Iterable[str]) -> str:
    """A few names as a list in a sentence."""
    known = list(dict.fromkeys(names))
    if len(known) > 4:
        known = [*known[:3], f"{len(known) - 3} more"]
    return " and ".join(filter(None, (", ".join(known[:-1]), known[-1])))
