"""From the PATHs of the command line to the Dockerfiles that are checked."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache

from copylast.engine.read import Failure
from copylast.ondisk import absolute
from copylast.records import NamedTuple
from copylast.typed import Protocol

_DOCKERFILE = r"(?:.+\.)?(?:docker|container)file(?:[._-].*)?"
# Ignore files, templates, backups and what only talks about Dockerfiles.
_NOT = (
    r".*(?:\.(?:dockerignore|j2|jinja2?|tmpl|tpl|template|in|erb|l?eex|heex|ejs|hbs|gotmpl|liquid|twig|mustache|"
    r"md|rst|txt|py|sh|json|ya?ml|toml|html?|bak|orig|rej|old|save|sw[a-p]|tmp|diff|patch|lock|log)|~)"
)
# `Dockerfile.go` may be the image of a service in Go, `dockerfile.go` a program about Dockerfiles.
_SOURCE = (
    r".*\.(?:go|rs|rb|[cm]?jsx?|[cm]?tsx?|java|kts?|scala|sbt|groovy|gradle|c|h|cc|cpp|cxx|hpp|mm?|cs|fs|vb|php|"
    r"p[lm]|lua|swift|exs?|[eh]rl|hs|elm|clj[cs]?|mli?|dart|zig|nim|cr|jl|r|ps1|bat|cmd|vim|el|lisp|sql|s?css|less|"
    r"vue|svelte|xml|svg|nix|tf|hcl|rego|proto|csv|ipynb|snap)"
)
_FIRST = rb"\s*(?:FROM\s+(?:--\S+\s+)*[^\s-]\S*(?:\s+AS\s+\S+)?\s*\\?\s*|ARG\s+[A-Z_].*|FROM\s*\\\s*)"
_HEAD = 65_536
"""Bytes within which a file that is named as source begins, comments aside."""
_SKIPPED_FOLDERS = frozenset(
    {".git", ".hg", ".svn", "node_modules", ".venv", "venv", ".tox", ".nox", "__pycache__", ".mypy_cache"}
)


class Walk(NamedTuple):
    """How folders are searched. ``excluded`` gets an absolute path and whether it is a folder."""

    excluded: Callable[[str, bool], bool]
    respect_gitignore: bool
    force_exclude: bool


class Discovered(NamedTuple):
    """The files, as shown to people, sorted and without doubles; and PATHs that are none."""

    files: tuple[str, ...]
    failures: tuple[Failure, ...]


class _Ignoring(Protocol):
    def ignored(self, path: str, is_folder: bool) -> bool: ...


def is_dockerfile_name(name: str) -> bool:
    """Does a file called so look like a Dockerfile? If it is also named as source, its text decides."""
    # Compiled when a folder is searched; a single file does not pay for it.
    return _matcher(_DOCKERFILE)(name) is not None and _matcher(_NOT)(name) is None


def is_source(path: str) -> bool:
    """Is this a program whose name happens to be a Dockerfile's, as ``dockerfile.go``?

    A Dockerfile begins with FROM or ARG (BuildKit: ``instructions.Parse``), comments aside.
    """
    if _matcher(_SOURCE)(os.path.basename(path)) is None or not os.path.isfile(path):
        return False
    try:
        with open(path, "rb") as stream:
            head = stream.read(_HEAD).removeprefix(b"\xef\xbb\xbf")
    except OSError:
        return False
    first = next((line for line in head.splitlines() if line.strip() and not line.lstrip().startswith(b"#")), b"")
    return re.fullmatch(_FIRST, first, re.IGNORECASE) is None


@cache
def _matcher(pattern: str) -> Callable[[str], re.Match[str] | None]:
    return re.compile(pattern, re.IGNORECASE).fullmatch


def discover(paths: Sequence[str], walk: Walk) -> Discovered:
    """The Dockerfiles that ``paths`` name: files as they are, folders searched."""
    if len(paths) == 1 and os.path.isfile(paths[0]) and not walk.force_exclude:
        return Discovered((paths[0],), ())
    files: dict[str, str] = {}
    failures: list[Failure] = []
    for path in paths:
        if os.path.isdir(path):
            for file in _search(path, walk, failures):
                files.setdefault(absolute(file), file)
        elif walk.force_exclude and (walk.excluded(absolute(path), False) or is_source(path)):
            # A hook is given all files whose names fit.
            continue
        else:
            # What is not there is said where it is read.
            files.setdefault(absolute(path), path)
    return Discovered(tuple(sorted(files.values(), key=_in_order)), tuple(failures))


def _in_order(path: str) -> list[str]:
    return path.split("/")


def _search(top: str, walk: Walk, failures: list[Failure]) -> Iterator[str]:
    ignoring: _Ignoring | None = None
    if walk.respect_gitignore:
        from copylast.engine.gitignore import GitIgnores

        ignoring = GitIgnores(absolute(top))
    shown_top = "" if top in (".", "./") else top.rstrip("/") + "/" if top != "/" else "/"
    absolute_top = absolute(top)
    stack = [("", absolute_top)]
    while stack:
        inside, folder = stack.pop()
        try:
            with os.scandir(folder) as entries:
                listing = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            shown = (shown_top + inside).rstrip("/") or "."
            failures.append(Failure(shown, f"cannot be searched: {(error.strerror or str(error)).lower()}"))
            continue
        below: list[tuple[str, str]] = []
        for entry in listing:
            name = entry.name
            try:
                # A link to a folder can lead in circles; what it leads to is found where it is.
                is_folder = entry.is_dir(follow_symlinks=False)
            except OSError:
                continue
            if is_folder:
                if name in _SKIPPED_FOLDERS or _left_out(entry.path, True, walk, ignoring):
                    continue
                if os.path.lexists(os.path.join(entry.path, "pyvenv.cfg")):
                    continue
                below.append((f"{inside}{name}/", entry.path))
            elif is_dockerfile_name(name) and not entry.is_dir() and not is_source(entry.path):
                if not _left_out(entry.path, False, walk, ignoring):
                    yield shown_top + inside + name
        stack += reversed(below)


def _left_out(path: str, is_folder: bool, walk: Walk, ignoring: _Ignoring | None) -> bool:
    return walk.excluded(path, is_folder) or (ignoring is not None and ignoring.ignored(path, is_folder))
