"""The values that MSBuild properties may have, as far as literals tell.

A property gets all values that any assignment in sight may give it, whatever its condition: what is read for
one value too many was in the project already. None stands for a value that nobody can tell.

Sources: https://learn.microsoft.com/visualstudio/msbuild/msbuild-reserved-and-well-known-properties and
.../property-functions.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from copylast import NamedTuple, lazy_regex
from copylast_rules.readers.gathering import Gathering
from copylast_rules.readers.places import join, name, parent, upward

MAX_VALUES = 16
_MAX_DEPTH = 20

_OUTSIDE = lazy_regex(
    r"(?i)\$\((MSBuildExtensionsPath(32|64)?|MSBuildToolsPath(32|64)?|MSBuildBinPath|MSBuildSDKsPath|VSToolsPath|VCTargetsPath"
    r"|MSBuildFrameworkToolsPath|MSBuildFrameworkToolsRoot|NuGetPackageRoot|NuGetPackageFolders|NuGetRestoreTargets|NetCoreRoot"
    r"|NetCoreTargetingPackRoot|MSBuildUserExtensionsPath|VsInstallRoot|DevEnvDir|LocalAppData|AppData|ProgramFiles|UserProfile"
    r"|FSharpTargetsPath|MSBuildProgramFiles32|Pkg\w+|CustomBefore\w+|CustomAfter\w+)\)"
)
_WORD = lazy_regex(r"\w[\w-]*")
_ABOVE = lazy_regex(r"(?i)\[MSBuild\]::(GetPathOfFileAbove|GetDirectoryNameOfFileAbove)\((.*)\)", re.S)
_JOIN = lazy_regex(
    r"(?i)(?:\[MSBuild\]::(NormalizePath|NormalizeDirectory|EnsureTrailingSlash)|\[System\.IO\.Path\]::(Combine|GetFullPath))\((.*)\)",
    re.S,
)


class Assignment(NamedTuple):
    """The raw text of a value, the file that gives it, and whether a condition decides."""

    text: str
    file: str
    conditional: bool


def place(base: str, path: str) -> str:
    """The image path that ``path``, with slashes of either kind and escaped characters, means in ``base``."""
    path = unquote(path.strip().replace("\\", "/"))
    return join("?", path[2:]) if path.startswith("?/") else join(base, path)


def outside(text: str) -> bool:
    """True for a path among the SDK's own files or the packages, which no build context brings."""
    return _OUTSIDE.search(text) is not None


class Values:
    """The properties of one project while it is read."""

    def __init__(self, g: Gathering, project: str, given: dict[str, str | None], solution: str | None) -> None:
        """``given`` are global properties by lower-case name; ``solution`` is the path of the solution."""
        self._g = g
        self._project = project
        self._given = given
        self._solution = solution
        self._assigned: dict[str, list[Assignment]] = {}

    def assign(self, prop: str, text: str, file: str, conditional: bool) -> None:
        """One more value that a property may have."""
        self._assigned.setdefault(prop.lower(), []).append(Assignment(text.strip(), file, conditional))

    def assigned(self, prop: str) -> list[Assignment]:
        """What the files say of a property."""
        return self._assigned.get(prop.lower(), [])

    def argument(self, text: str, file: str) -> str | None:
        """The value of the only argument of a property function; None where it is not known."""
        found = self._arguments(text, file, 0)
        return found[0] if found and len(found) == 1 else None

    def paths(self, text: str, file: str, base: str | None = None) -> list[str | None]:
        """The image paths that ``text`` in ``file`` may mean, relative to ``base`` or the file's directory."""
        found: list[str | None] = []
        for value in self.expand(text, file):
            if value is None or re.match(r"[A-Za-z]:", value):
                found.append(None)
            elif value.strip():
                found.append(place(base or parent(file), value))
        return found

    def expand(self, text: str, file: str, depth: int = 0) -> list[str | None]:
        """All texts that ``text`` may stand for."""
        if "$(" not in text:
            return [None] if re.search(r"[@%]\(", text) else [text]
        found: list[str | None] = [""]
        at = 0
        while at < len(text):
            start = text.find("$(", at)
            if start < 0:
                found = _product(found, [text[at:]])
                break
            found = _product(found, [text[at:start]])
            end = closing(text, start + 2)
            if end < 0:
                return [None]
            found = _product(found, self._value(text[start + 2 : end], file, depth))
            at = end + 1
        return found

    def _value(self, inner: str, file: str, depth: int) -> list[str | None]:
        """What ``$(inner)`` may be."""
        inner = inner.strip()
        if depth > _MAX_DEPTH:
            return [None]
        if _WORD.fullmatch(inner):
            known = self._reserved(inner.lower(), file)
            if known is not None:
                return [known]
            if inner.lower() in self._given:
                return [self._given[inner.lower()]]
            assignments = self.assigned(inner)
            if not assignments:
                return [None]
            found: dict[str | None, None] = {}
            for one in assignments:
                if f"$({inner})".lower() in one.text.lower():
                    found[None] = None  # It adds to what it was before.
                    continue
                found.update(dict.fromkeys(self.expand(one.text, one.file, depth + 1)))
            return list(found) if len(found) <= MAX_VALUES else [None]
        above = _ABOVE.fullmatch(inner)
        if above is not None:
            return self._above(above[1].lower(), above[2], file, depth)
        joined = _JOIN.fullmatch(inner)
        if joined is not None:
            return self._joined((joined[1] or joined[2]).lower(), joined[3], file, depth)
        return [None]

    def _reserved(self, prop: str, file: str) -> str | None:
        project = self._project
        known = {
            "msbuildthisfiledirectory": parent(file).rstrip("/") + "/",
            "msbuildthisfile": name(file),
            "msbuildthisfilefullpath": file,
            "msbuildthisfilename": name(file).rpartition(".")[0],
            "msbuildprojectdirectory": parent(project),
            "projectdir": parent(project).rstrip("/") + "/",
            "msbuildprojectfile": name(project),
            "msbuildprojectfullpath": project,
            "projectpath": project,
            "msbuildprojectname": name(project).rpartition(".")[0],
        }
        if self._solution is not None:
            known["solutiondir"] = parent(self._solution).rstrip("/") + "/"
        return known.get(prop)

    def _arguments(self, text: str, file: str, depth: int) -> list[str] | None:
        """The arguments of a property function, each with one value, or None."""
        found: list[str] = []
        for part in _split(text):
            part = part.strip()
            if len(part) > 1 and part[0] == part[-1] and part[0] in "'\"`":
                part = part[1:-1]
            values = self.expand(part, file, depth + 1)
            if len(values) != 1 or values[0] is None:
                return None
            found.append(values[0].replace("\\", "/"))
        return found

    def _above(self, function: str, text: str, file: str, depth: int) -> list[str | None]:
        arguments = self._arguments(text, file, depth)
        if not arguments or len(arguments) > 2:
            return [None]
        if function == "getpathoffileabove":
            wanted, start = arguments[0], arguments[1] if len(arguments) > 1 else parent(file)
        else:
            start, wanted = arguments[0], arguments[1] if len(arguments) > 1 else ""
        for directory in upward(place(parent(file), start)):
            path = place(directory, wanted)
            if wanted and self._g.is_file(path):
                # An .editorconfig or a stylecop.json is for the compiler; the restore only sees that it is there.
                imported = path.endswith((".props", ".targets", "proj"))
                self._g.need(path, f"looked for in {name(file)}", required=imported)
                return [path if function == "getpathoffileabove" else directory]
        return [""]

    def _joined(self, function: str, text: str, file: str, depth: int) -> list[str | None]:
        arguments = self._arguments(text, file, depth)
        if not arguments:
            return [None]
        path = arguments[0]
        for part in arguments[1:]:
            path = part if part.startswith("/") else f"{path.rstrip('/')}/{part}"
        if function in ("normalizepath", "getfullpath", "normalizedirectory"):
            path = place(parent(self._project), path)
        return [path.rstrip("/") + "/" if function in ("normalizedirectory", "ensuretrailingslash") else path]


def _product(heads: list[str | None], tails: list[str | None] | list[str]) -> list[str | None]:
    found = dict.fromkeys(None if a is None or b is None else a + b for a in heads for b in tails)
    return list(found) if len(found) <= MAX_VALUES else [None]


def closing(text: str, at: int) -> int:
    """Index of the parenthesis that closes the one before ``at``; -1 if there is none."""
    depth = 1
    for i in range(at, len(text)):
        depth += (text[i] == "(") - (text[i] == ")")
        if not depth:
            return i
    return -1


def _split(text: str) -> list[str]:
    """Arguments at commas that stand in no quotes and no parentheses."""
    parts = [""]
    depth = 0
    quote = ""
    for c in text:
        if quote:
            quote = "" if c == quote else quote
        elif c in "'\"`":
            quote = c
        depth += (c == "(") - (c == ")")
        if c == "," and not depth and not quote:
            parts.append("")
        else:
            parts[-1] += c
    return parts if text.strip() else []
