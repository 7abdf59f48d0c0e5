"""What ``prisma generate`` reads.

Source for where the schema is looked for:
https://www.prisma.io/docs/orm/reference/prisma-cli-reference#generate
"""

from __future__ import annotations

import re

from copylast_rules.readers.gathering import SCRIPTS, Gathering
from copylast_rules.readers.node_files import without_comments
from copylast_rules.readers.node_manifests import Package
from copylast_rules.readers.places import join, parent, shown

_ENDINGS = ("js", "ts", "mjs", "mts", "cjs", "cts")
_PLAIN_IMPORTS = frozenset(
    {"prisma/config", "dotenv/config", "node:path", "path", "@prisma/config", "process", "node:process"}
)


def generate(g: Gathering, package: Package, arguments: list[str], why: str) -> bool:
    """Make the schema a need; False (after a refusal) where it is not known."""
    place = _option(arguments, "--schema")
    config = _option(arguments, "--config")
    if config is not None and not _configured(g, package, join(package.directory, config), why):
        return False
    for ending in _ENDINGS if config is None else ():
        for path in (f"prisma.config.{ending}", f".config/prisma.{ending}"):
            full = join(package.directory, path)
            if g.is_file(full):
                schema = _configured(g, package, full, why)
                if schema is None:
                    return False
                place = place or schema or None
    own = package.table("prisma").get("schema")
    if place is None and isinstance(own, str):
        place = own
    g.need_if_there(join(package.directory, ".env"), "prisma loads it")
    candidates = [place] if place else ["prisma/schema.prisma", "schema.prisma", "prisma/schema"]
    for candidate in candidates:
        path = join(package.directory, candidate)
        kind = g.kind(path)
        if kind == "file":
            g.need_if_there(join(parent(path), ".env"), "prisma loads it")
            return _schema(g, path, why)
        if kind == "dir" and candidate.strip("./"):
            g.need(path, f"prisma generate, {why}", "dir")
            return all(_schema(g, join(path, n), why) for n in g.names(path) if n.endswith(".prisma"))
    g.refuse(SCRIPTS, f"the schema of prisma generate is not in the build context ({why})", package.path)
    return False


def _option(arguments: list[str], option: str) -> str | None:
    for i, argument in enumerate(arguments):
        if argument == option:
            return next(iter(arguments[i + 1 :]), None)
        if argument.startswith(option + "="):
            return argument.partition("=")[2]
    return None


def _schema(g: Gathering, path: str, why: str) -> bool:
    """A schema file; its generators must be packages, and what they write is said."""
    g.need(path, f"prisma generate, {why}")
    text = g.text(path, SCRIPTS)
    if text is None:
        return False
    inside = False
    for line in text.split("\n"):
        line = line.strip()
        inside = (inside or re.match(r"generator\b", line) is not None) and not line.startswith("}")
        setting = re.match(r"(provider|output|config)\s*=\s*(\S.*)", line) if inside else None
        if setting:
            key, value = setting[1], setting[2]
            literal = re.fullmatch(r"\"([^\"]*)\"\s*(?://.*)?", value)
            if literal is None or key == "config":
                g.refuse(SCRIPTS, f"{shown(path, g.cwd)} has a generator that may read any file: {key}", path)
                return False
            if key == "output":
                target = join(parent(path), literal[1])
                if "node_modules" not in target.split("/"):
                    g.writes(target)
            elif not re.fullmatch(r"(@[\w.-]+/)?[\w.-]+", literal[1]):
                g.refuse(SCRIPTS, f"{shown(path, g.cwd)} has a generator of the project: {literal[1]}", path)
                return False
            elif literal[1] not in ("prisma-client-js", "prisma-client"):
                g.refuse(
                    SCRIPTS,
                    f"{shown(path, g.cwd)} has a generator that may read any file: {literal[1]}",
                    path,
                )
                return False
    return True


def _configured(g: Gathering, package: Package, path: str, why: str) -> str | None:
    """The schema that a prisma.config names (empty: the default); None after a refusal.

    The file is a program: only one that does nothing but name literals is accepted.
    """
    if not g.need_file(path, f"prisma generate, {why}"):
        return None
    text = g.text(path, SCRIPTS)
    if text is None:
        return None
    code = without_comments(text)
    imports = re.findall(r"\bfrom\s*[\"']([^\"']+)[\"']|\bimport\s*[\"']([^\"']+)[\"']", code)
    schema = re.search(r"\bschema\s*:\s*(?:[\"']([^\"']+)[\"']|path\.join\(([^()]*)\))", code)
    if (
        not all((a or b) in _PLAIN_IMPORTS for a, b in imports)
        or re.search(r"\brequire\b|\bimport\s*\(|\bfs\b|readFile|exec|spawn|__dirname|import\.meta", code)
        or (re.search(r"\bschema\b\s*[:,]", code) and schema is None)
    ):
        g.refuse(SCRIPTS, f"{shown(path, g.cwd)} is run by prisma generate and may read any file", path)
        return None
    if schema is None:
        return ""
    if schema[1]:
        return schema[1]
    parts = re.findall(r"[\"']([^\"']*)[\"']", schema[2])
    if re.sub(r"[\"'][^\"']*[\"']|[,\s]", "", schema[2]) or not parts:
        g.refuse(SCRIPTS, f"{shown(path, g.cwd)} names its schema by an expression", path)
        return None
    return "/".join(parts)
