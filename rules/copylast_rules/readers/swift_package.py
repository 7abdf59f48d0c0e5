"""What the Swift Package Manager reads before it fetches packages: Package.swift where it is plainly literal.

Sources: https://docs.swift.org/package-manager/PackageDescription/PackageDescription.html,
https://docs.swift.org/swiftpm/documentation/packagemanagerdocs (resolving versions, Package.resolved).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from copylast import Closure, InstallRequest
from copylast_rules.readers.code_tokens import CodeError, Token, tokens
from copylast_rules.readers.gathering import ABSENT, LOCAL, SURROUNDINGS, Gathering, gather
from copylast_rules.readers.globs import paths_of_glob
from copylast_rules.readers.node_manifests import as_list, as_table, json_of
from copylast_rules.readers.places import join, shown
from copylast_rules.readers.toml_files import table, text_in

_OPEN = frozenset(
    "FileManager Process Data URL FileHandle Bundle InputStream contentsOf contentsOf: contentsOfFile"
    " contentsOfFile: contentsOfDirectory fopen open popen system opendir readdir access stat getcwd dlopen".split()
)
_PLACES = ("file", "filePath", "fileID")
_FIXED = ("--force-resolved-versions", "--disable-automatic-resolution", "--only-use-versions-from-resolved-file")


def read(request: InstallRequest) -> Closure:
    """The closure of ``swift package resolve`` in the request's directory."""
    return gather(request, _read)


def _read(request: InstallRequest, g: Gathering) -> None:
    if request.match.kind not in ("deps", "build"):
        return
    if not g.is_file(join(request.cwd, "Package.swift")):
        g.idle = "no Package.swift"
        g.refuse(ABSENT, "no Package.swift in this directory", join(request.cwd, "Package.swift"))
        return
    wanted = _packages(g, request.cwd)
    if not wanted:
        g.idle = "no dependencies"
    for file in (".swift-version", ".swiftpm/configuration/mirrors.json", ".swiftpm/configuration/registries.json"):
        g.need_if_there(join(request.cwd, file), "settings of Swift")
    lock = join(request.cwd, "Package.resolved")
    if g.need_if_there(lock, "the lock", required=True):
        reason = _out_of_sync(g, lock, wanted)
        if "update" in request.match.subcommand:
            reason = "the command looks for other versions"
        elif any(option in request.match.options for option in _FIXED):
            reason = None
        if reason:
            g.unsafe(f"Package.resolved may be written, and the later COPY puts back what was there: {reason}")
            g.writes(lock)
    for option in ("--scratch-path", "--build-path"):
        for place in request.match.options.get(option, ()):
            if "$" in place:
                g.refuse(SURROUNDINGS, f"the value of {option} is not known")
            else:
                g.output(option, place)
    g.writes(join(request.cwd, ".build"))


def _packages(g: Gathering, top: str) -> dict[str, str | None]:
    """Packages from elsewhere: place -> the version from which on, None where that is not plain."""
    wanted: dict[str, str | None] = {}
    todo, seen = [top], {top}
    while todo:
        directory = todo.pop()
        manifest = join(directory, "Package.swift")
        if not g.need_file(manifest, "the manifest" if directory == top else "a package by path"):
            continue
        for path in (manifest, *paths_of_glob(g, directory, "Package@swift-*.swift")):
            g.need(path, "the manifest for some versions of Swift" if path != manifest else "the manifest")
            for arguments in _calls(g, path):
                place = _said(arguments, "path")
                if place is not None:
                    local = join(directory, place)
                    if local not in seen:
                        seen.add(local)
                        todo.append(local)
                    continue
                source = _said(arguments, "url") or _said(arguments, "id")
                if source is None or not re.match(r"(https?|ssh|git)://|[\w.-]+@|[\w-]+\.[\w-]+$", source):
                    g.refuse(LOCAL, f"{shown(path, g.cwd)} names a package by a value", path, arguments[0].line)
                else:
                    wanted[_plain(source)] = _said(arguments, "from")
    return wanted


def _calls(g: Gathering, path: str) -> list[list[Token]]:
    """The arguments of each ``.package(...)``; refusals for what may read files."""
    text = g.text(path)
    if text is None:
        return []
    try:
        words = tokens(text, "swift")
    except CodeError as e:
        g.refuse(LOCAL, f"{shown(path, g.cwd)} cannot be read: {e}", path, e.line)
        return []
    found: list[list[Token]] = []
    for i, word in enumerate(words):
        before = words[i - 1].value if i else ""
        if word.kind == "name" and (word.value in _OPEN or (before == "#" and word.value in _PLACES)):
            g.refuse(LOCAL, f"{shown(path, g.cwd)}:{word.line} may read any file ({word.value})", path, word.line)
        if word.value == "package" and word.kind == "name" and [w.value for w in words[i + 1 : i + 2]] == ["("]:
            found.append(_within(words, i + 1) or [word])
    return found


def _within(words: Sequence[Token], at: int) -> list[Token]:
    """The words between the bracket at ``at`` and the one that closes it."""
    depth = 0
    for i in range(at, len(words)):
        if words[i].kind == "mark":
            depth += (words[i].value == "(") - (words[i].value == ")")
            if depth == 0:
                return list(words[at + 1 : i])
    return []


def _said(arguments: Sequence[Token], label: str) -> str | None:
    for word, value in zip(arguments, arguments[1:], strict=False):
        if word.value == f"{label}:" and value.kind == "text" and value.plain:
            return value.value
    return None


def _plain(url: str) -> str:
    return url.lower().rstrip("/").removesuffix(".git")


def _out_of_sync(g: Gathering, path: str, wanted: dict[str, str | None]) -> str | None:
    """Why the lock may be written, or None where it is proved to be in sync."""
    data = json_of(g, path) or {}
    if data.get("version") not in (1, 2):
        return "it holds a sum of Package.swift"
    pins = as_list(data.get("pins")) or as_list(table(data, "object").get("pins"))
    versions: dict[str, str | None] = {}
    for pin in map(as_table, pins):
        where = text_in(pin, "location") or text_in(pin, "repositoryURL") or text_in(pin, "identity") or ""
        versions[_plain(where)] = text_in(table(pin, "state"), "version")
    for source, since in wanted.items():
        if source not in versions:
            return f"{source} is not in it"
        if not _from(versions[source], since):
            return f"the version of {source} may be another"
    return None


def _from(version: str | None, since: str | None) -> bool:
    """True if a version surely is one of ``from:``: not below it, and with the same first number."""
    if version is None or since is None or not all(re.fullmatch(r"\d+\.\d+\.\d+", v) for v in (version, since)):
        return False
    have, want = (tuple(int(n) for n in v.split(".")) for v in (version, since))
    return have >= want and have[0] == want[0]
