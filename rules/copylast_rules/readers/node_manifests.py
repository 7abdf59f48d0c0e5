"""package.json files and the workspaces that they span.

Sources: https://docs.npmjs.com/cli/using-npm/workspaces and
https://docs.npmjs.com/cli/configuring-npm/package-json
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from fnmatch import translate

from copylast import NamedTuple, lazy_regex
from copylast.typed import cast
from copylast_rules.readers.gathering import LOCAL, Gathering, TooMuch
from copylast_rules.readers.places import join, name, shown

Json = Mapping[str, object]
DEPENDENCIES = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")
_MAX_DEPTH = 60
_MAX_ALTERNATIVES = 1000


class Package(NamedTuple):
    """One package.json; ``text`` is for line numbers."""

    directory: str
    path: str
    text: str
    data: Json

    def line(self, *keys: str) -> int | None:
        """The line of the last key, looked for after the ones before it."""
        at = 0
        for key in keys:
            found = re.compile(rf'"{re.escape(key)}"\s*:').search(self.text, at)
            if found is None:
                return None
            at = found.start()
        return self.text.count("\n", 0, at) + 1

    def table(self, key: str) -> Json:
        """An object inside; empty where it is absent or something else."""
        return as_table(self.data.get(key))

    def texts(self, key: str) -> dict[str, str]:
        """An object's string values."""
        return {k: v for k, v in self.table(key).items() if isinstance(v, str)}


def as_table(value: object) -> Json:
    """``value`` if it is an object, else an empty one."""
    return cast("Json", value) if isinstance(value, dict) else {}


def as_list(value: object) -> list[object]:
    """``value`` if it is a list, else an empty one."""
    return cast("list[object]", value) if isinstance(value, list) else []


def parse_json(text: str) -> Json | None:
    """The object that ``text`` is, or None."""
    try:
        data: object = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return None
    return cast("Json", data) if isinstance(data, dict) else None


# What is not closed goes on to the end, so that nothing is looked through twice.
_EXTRA = lazy_regex(r"(\"(?:[^\"\\]|\\.)*+(?:\"|\Z))|//[^\n]*|/\*(?:[^*]|\*(?!/))*+(?:\*/|\Z)|,(?=\s*+[}\]])", re.S)


def parse_jsonc(text: str) -> Json | None:
    """The object that ``text`` is, comments and commas behind the last item allowed, or None."""
    bare = _EXTRA.sub(lambda match: match[1] or " ", text)
    return parse_json(_EXTRA.sub(lambda match: match[1] or " ", bare))


def json_of(g: Gathering, path: str) -> Json | None:
    """The object that a JSON file is; None after a refusal."""
    text = g.text(path)
    data = parse_json(text) if text is not None else None
    if text is not None and data is None:
        g.refuse(LOCAL, f"{shown(path, g.cwd)} is not a JSON object", path)
    return data


def read_package(g: Gathering, directory: str) -> Package | None:
    """The package.json of a directory, which is there; None after a refusal."""
    path = join(directory, "package.json")
    text = g.text(path)
    if text is None:
        return None
    data = parse_json(text)
    if data is None:
        g.refuse(LOCAL, f"{shown(path, g.cwd)} is not a JSON object", path)
        return None
    return Package(directory, path, text, data)


def workspace_patterns(package: Package) -> list[str]:
    """The globs of ``workspaces``, in either of its two forms."""
    value = package.data.get("workspaces")
    if isinstance(value, dict):
        value = cast("Json", value).get("packages")
    return [p for p in as_list(value) if isinstance(p, str)]


def members(
    g: Gathering,
    root: str,
    patterns: Sequence[str],
    where: str,
    manifests: Sequence[str] = ("package.json",),
    unread: Sequence[str] = (),
) -> dict[str, str]:
    """Directories of the workspace's members with the pattern that takes each; later ``!`` take away.

    A member has one of ``manifests``. ``unread`` are names of others, which nobody here can read: where only
    one of them is there, that is a refusal.
    """
    out: dict[str, str] = {}
    walk = _Walk(g, manifests, unread)
    for pattern in patterns:
        taken = pattern.lstrip("!")
        negative = (len(pattern) - len(taken)) % 2 == 1
        if re.search(r"[@+*?!]\(|\{[^}]*\{|\\", taken):
            g.refuse(LOCAL, f"the workspace pattern {pattern!r} cannot be followed", where)
            continue
        for alternative in _braces(taken):
            parts = [p for p in alternative.replace("./", "", 1).strip("/").split("/") if p not in ("", ".")]
            found = walk.directories(root, parts)
            for directory in found:
                if negative:
                    out.pop(directory, None)
                else:
                    out.setdefault(directory, pattern)
    out.pop(root, None)
    return out


def _braces(pattern: str) -> list[str]:
    """``a/{b,c}`` -> ``a/b``, ``a/c``. Raises TooMuch."""
    done: list[str] = []
    todo = [pattern]
    while todo:
        pattern = todo.pop()
        found = re.search(r"\{([^{}]*,[^{}]*)\}", pattern)
        if not found:
            done.append(pattern)
        else:
            before, after = pattern[: found.start()], pattern[found.end() :]
            todo += [before + option + after for option in reversed(found[1].split(","))]
        if len(todo) + len(done) > _MAX_ALTERNATIVES:
            raise TooMuch
    return done


class _Walk:
    """Finds the directories that patterns lead to; each directory is listed once."""

    def __init__(self, g: Gathering, manifests: Sequence[str], unread: Sequence[str]) -> None:
        self._g = g
        self._manifests = manifests
        self._unread = unread
        self._listed: dict[str, tuple[str, ...]] = {}
        self._seen: set[tuple[str, int]] = set()

    def directories(self, root: str, parts: list[str]) -> list[str]:
        """Directories with a manifest that the pattern's parts lead to. Raises TooMuch."""
        self._seen = set()
        return self._walk(root, parts, 0)

    def _walk(self, directory: str, parts: list[str], depth: int) -> list[str]:
        if depth > _MAX_DEPTH:
            raise TooMuch
        if (directory, len(parts)) in self._seen:
            return []
        self._seen.add((directory, len(parts)))
        if not parts:
            return self._member(directory)
        first, rest = parts[0], parts[1:]
        if first == "..":
            return self._walk(join(directory, ".."), rest, depth + 1)
        out: list[str] = []
        if first == "**":
            out += self._walk(directory, rest, depth + 1)
            for entry in self._below(directory, None):
                out += self._walk(join(directory, entry), parts, depth + 1)
        elif re.search(r"[*?\[]", first):
            for entry in self._below(directory, first):
                out += self._walk(join(directory, entry), rest, depth + 1)
        elif self._g.kind(join(directory, first)) == "dir":
            out += self._walk(join(directory, first), rest, depth + 1)
        return out

    def _member(self, directory: str) -> list[str]:
        if any(self._g.is_file(join(directory, name)) for name in self._manifests):
            return [directory]
        for other in self._unread:
            if self._g.is_file(join(directory, other)):
                self._g.refuse(LOCAL, f"{other} of a member is not followed", join(directory, other))
        return []

    def _below(self, directory: str, glob: str | None) -> list[str]:
        """Names of directories that a wildcard may match: no hidden ones, nothing in node_modules."""
        pattern = re.compile(translate(re.sub(r"\[\^", "[!", glob))) if glob is not None else None
        hidden = glob is not None and glob.startswith(".")
        names = self._listed.get(directory)
        if names is None:
            names = self._listed[directory] = self._g.names(directory)
        return [
            entry
            for entry in names
            if entry != "node_modules"
            and (hidden or not entry.startswith("."))
            and (pattern is None or pattern.fullmatch(entry))
            and self._g.kind(join(directory, entry)) == "dir"
        ]


def executables(package: Package) -> dict[str, str]:
    """``bin``: command -> path inside the package."""
    value = package.data.get("bin")
    if isinstance(value, str):
        own = package.data.get("name")
        return {str(own).rsplit("/", 1)[-1] if isinstance(own, str) else name(package.directory): value}
    return package.texts("bin")
