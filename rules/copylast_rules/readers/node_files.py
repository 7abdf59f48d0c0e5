"""What a small script of the project reads, if that can be told from its text.

Accepted are relative ``require`` and ``import`` with literal names, Node's harmless built-in modules,
and reads of files that are named by literals. Anything else could read anything.
"""

from __future__ import annotations

import re

from copylast import lazy_regex
from copylast_rules.readers.gathering import ABSENT, SCRIPTS, Gathering
from copylast_rules.readers.places import join, name, parent, shown

_HARMLESS = frozenset({
    "assert", "buffer", "console", "crypto", "events", "http", "https", "net", "os", "path", "perf_hooks",
    "process", "querystring", "stream", "string_decoder", "timers", "tty", "url", "util", "zlib", "husky",
    "is-ci", "ci-info", "chalk", "picocolors", "kleur", "ansi-colors", "semver", "fs", "fs/promises",
    "timers/promises", "path/posix", "pinst",
})  # fmt: skip
_STRING = r"(?:\"([^\"\\\n]*)\"|'([^'\\\n]*)'|`([^`\\$\n]*)`)"
_IMPORT = lazy_regex(
    rf"(?:\brequire\s*\(\s*{_STRING}\s*\)|\bimport\s*\(\s*{_STRING}\s*\)"
    rf"|\b(?:import|export)\b[^;'\"`()]{{0,500}}?\bfrom\s*{_STRING}|\bimport\s*{_STRING})"
)
_DYNAMIC = lazy_regex(
    r"\brequire\b|\bimport\b(?!\s*\.\s*meta)|\bfrom\s*[\"'`]|\beval\b|\bFunction\b|\bcreateRequire\b|\bglobalThis\b|\bWebAssembly\b"
    r"|\bprocess\s*\.\s*(?:chdir|binding|dlopen|mainModule)|\bprocess\s*\[|\bfs\w*\s*\[|\bfetch\s*\("
    r"|\bimport\.meta\.(?!url|dirname)|\b(?:child_process|worker_threads|cluster|vm|inspector|module)\b[\"'`]"
)
_PLACE = (
    r"(?:path\.)?(?:join|resolve)\(\s*(?:__dirname|import\.meta\.dirname)\s*"
    r"((?:,\s*(?:\"[^\"\\\n]*\"|'[^'\\\n]*')\s*)+)\)"
)
_NAMES_ONLY = lazy_regex(r"\{\s*\w+(?:\s*,\s*\w+)*\s*(?:,\s*)?\}\s*(?:from|=\s*require)\b")
_CALL = lazy_regex(
    r"\b(readFileSync|readFile|existsSync|statSync|lstatSync|accessSync|access|stat)\s*\(\s*"
    rf"(?:{_STRING}|{_PLACE}|new URL\(\s*{_STRING}\s*,\s*import\.meta\.url\s*\))\s*[,)]"
)
_READS = lazy_regex(
    r"\b(?:readFile|readFileSync|existsSync|statSync|lstatSync|accessSync|access|stat|readdir|readdirSync|open|openSync"
    r"|opendir|opendirSync|createReadStream|copyFile|copyFileSync|cp|cpSync|watch|readlink|readlinkSync|realpath"
    r"|realpathSync|rename|renameSync|writeFile|writeFileSync|appendFile|appendFileSync|createWriteStream|unlink"
    r"|unlinkSync|rm|rmSync|rmdir|rmdirSync|mkdir|mkdirSync|symlink|symlinkSync|link|linkSync|chmod|chmodSync|glob"
    r"|globSync|utimes|utimesSync|truncate|truncateSync)\b"
)
_ENDINGS = ("", ".js", ".cjs", ".mjs", ".json", "/index.js")
_MAX_FILES = 30
_MAX_CHARACTERS = 200_000


def follow(g: Gathering, path: str, directory: str, why: str, seen: set[str] | None = None) -> bool:
    """Make ``path`` and all that it reads needs; ``directory`` is where it runs.

    False after a refusal: then what it reads is not known.
    """
    seen = set() if seen is None else seen
    if path in seen:
        return True
    seen.add(path)
    if len(seen) > _MAX_FILES:
        g.refuse(SCRIPTS, f"{why} loads too many files to follow", path)
        return False
    if not g.need_file(path, why):
        return False
    text = g.text(path, SCRIPTS)
    if text is None:
        return False
    if len(text) > _MAX_CHARACTERS:
        g.refuse(SCRIPTS, f"{name(path)} is too long to follow ({why})", path)
        return False
    if path.endswith(".json"):
        return True
    if not path.endswith((".js", ".cjs", ".mjs")):
        g.refuse(SCRIPTS, f"{shown(path, g.cwd)} is not plain JavaScript ({why})", path)
        return False
    return _text(g, path, directory, text, why, seen)


def _text(g: Gathering, path: str, directory: str, text: str, why: str, seen: set[str]) -> bool:
    code = without_comments(text)
    found = _DYNAMIC.search(_IMPORT.sub(" ", code))
    if found:
        return _cannot(g, path, text, found[0], why)
    for match in _IMPORT.finditer(code):
        wanted = next(x for x in match.groups() if x is not None) if any(match.groups()) else ""
        if wanted.startswith("."):
            target = _resolve(g, join(parent(path), wanted))
            if target is None:
                g.refuse(
                    ABSENT, f"{shown(path, g.cwd)} loads {wanted}, which is not in the build context", path
                )
                return False
            if not follow(g, target, directory, f"loaded by {shown(path, g.cwd)}", seen):
                return False
        elif wanted.removeprefix("node:") not in _HARMLESS:
            return _cannot(g, path, text, wanted, why)
    rest = code
    for match in _CALL.finditer(code):
        for read in _read_paths(match, path, directory):
            if g.kind(read) == "dir":
                return _cannot(g, path, text, match[1], why)
            g.need_if_there(read, f"read by {shown(path, g.cwd)}", required=True)
        rest = rest.replace(match[0], " ")
    # What is left must not touch files; names in import lists are no calls.
    left = _READS.search(_NAMES_ONLY.sub(" ", rest))
    if left:
        return _cannot(g, path, text, left[0], why)
    return True


def _read_paths(match: re.Match[str], path: str, directory: str) -> list[str]:
    """The file that one call reads."""
    groups = match.groups()
    literal = next((x for x in groups[1:4] if x is not None), None)
    if literal is not None:
        return [join(directory, literal)]
    if groups[4] is not None:
        parts = [a or b for a, b in re.findall(r"\"([^\"]*)\"|'([^']*)'", groups[4])]
        place = parent(path)
        for part in parts:
            place = join(place, part.lstrip("/"))
        return [place]
    relative = next((x for x in groups[5:] if x is not None), None)
    return [join(parent(path), relative)] if relative is not None else []


def _resolve(g: Gathering, path: str) -> str | None:
    return next((path + ending for ending in _ENDINGS if g.is_file(path + ending)), None)


def _cannot(g: Gathering, path: str, text: str, what: str, why: str) -> bool:
    at = text.find(what.strip().split("\n")[0]) if what.strip() else -1
    line = text.count("\n", 0, at) + 1 if at >= 0 else None
    g.refuse(
        SCRIPTS, f"{shown(path, g.cwd)} may read any file ({what.strip() or 'dynamic'}; {why})", path, line
    )
    return False


def without_comments(text: str) -> str:
    """Without comments that begin a line: what looks like one further right may be inside a string."""
    out: list[str] = []
    inside = False
    for line in text.split("\n"):
        bare = line.strip()
        if inside or bare.startswith("/*"):
            end = line.find("*/", 0 if inside else line.index("/*") + 2)
            inside = end < 0
            out.append("" if inside else line[end + 2 :])
        else:
            out.append("" if bare.startswith("//") else line)
    return "\n".join(out)
