"""One project as MSBuild evaluates it before a restore: imports, properties, references; never its targets.

Everything that some value of a condition may ask for comes along if it is there, since the restore of today sees
it too. What cannot be known refuses. Sources: https://learn.microsoft.com/visualstudio/msbuild/ (evaluation order,
Directory.Build files, wildcards, conditions), https://learn.microsoft.com/nuget/reference/msbuild-targets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from copylast import NamedTuple, lazy_regex
from copylast_rules.readers.gathering import ABSENT, LOCAL, MAX_DEPTH, SCRIPTS, TooMuch
from copylast_rules.readers.msbuild_files import BuildFiles, known_paths
from copylast_rules.readers.msbuild_values import Values, closing, outside, place
from copylast_rules.readers.places import name, parent, shown, within
from copylast_rules.readers.xml_files import Element

_EXISTS = lazy_regex(r"""(?i)(?<![\w:])Exists\s*\(\s*(['"])(.*?)\1\s*\)""")
_FILE_FUNCTION = lazy_regex(r"(?i)\[System\.IO\.(File|Directory|DirectoryInfo|FileInfo)\]::(\w+)")
_READS = lazy_regex(r"(?i)\[System\.IO\.File\]::(?:ReadAllText|ReadAllLines|Exists)\(")
_RESTORES = lazy_regex(r"(?i)restore|^_?collect(package|framework|central|nuget)|^processframeworkreferences$")
_ITEMS = ("ProjectReference", "ProjectFile")


class _Reference(NamedTuple):
    text: str
    file: str
    line: int
    conditional: bool


class Evaluation:
    """One project: its properties in the order of the files, then what its items refer to."""

    def __init__(self, build: BuildFiles, project: str) -> None:
        self.build = build
        self.g = build.g
        self.project = project
        self.values = Values(build.g, project, build.given, build.solution)
        self._seen: set[str] = set()
        self._references: list[_Reference] = []

    def conventional(self, file: str, prop: str) -> None:
        """A file that the SDK imports from the project's directory or the nearest above."""
        paths = known_paths(self.g, self.values, prop, parent(self.project))
        if not paths:
            found = self.build.nearest(parent(self.project), file)
            paths = [found] if found is not None else []
        for path in paths:
            if self.g.need_if_there(path, f"the SDK imports it into {name(self.project)}", True):
                self.file(path)

    def file(self, path: str, depth: int = 0) -> None:
        """One MSBuild file and what it imports."""
        if path in self._seen:
            return
        self._seen.add(path)
        if depth > MAX_DEPTH:
            raise TooMuch
        root = self.build.element(path)
        if root is None:
            return
        if root.attributes.get("InitialTargets", "").strip():
            self.g.refuse(SCRIPTS, f"{name(path)} runs targets before everything else", path, root.line)
        if "TreatAsLocalProperty" in root.attributes and self.build.given:
            self.g.refuse(LOCAL, f"{name(path)} treats properties of the command line as its own", path, root.line)
        self._block(root, path, False, depth)

    def _block(self, block: Element, file: str, conditional: bool, depth: int) -> None:
        for element in block.children:
            if element.name == "Target":
                self._target(element, file)
                continue
            if element.name in ("UsingTask", "ProjectExtensions", "ItemDefinitionGroup"):
                continue
            inner = conditional or "Condition" in element.attributes or element.name in ("When", "Otherwise")
            self._asks(element, file)
            if element.name in ("ImportGroup", "Choose", "When", "Otherwise"):
                self._block(element, file, inner, depth)
            elif element.name == "Import":
                self._import(element, file, inner, depth)
            elif element.name == "PropertyGroup":
                for prop in element.children:
                    self._asks(prop, file)
                    self.values.assign(prop.name, prop.text, file, inner or "Condition" in prop.attributes)
            elif element.name == "ItemGroup":
                for item in element.children:
                    self._item(item, file, inner)

    def _target(self, target: Element, file: str) -> None:
        """Targets run at a build, but for those that hang on the restore."""
        hooks = ";".join(target.attributes.get(a, "") for a in ("BeforeTargets", "AfterTargets"))
        said = [hook.strip() for hook in hooks.split(";")]
        if any(_RESTORES.search(hook) for hook in said) or target.attributes.get("Name", "").lower() == "restore":
            self.g.refuse(
                SCRIPTS,
                f"the target {target.attributes.get('Name', '')} of {name(file)} runs with the restore",
                file,
                target.line,
            )

    def _item(self, item: Element, file: str, conditional: bool) -> None:
        for element in item.walk():
            self._asks(element, file)
        if item.name in _ITEMS and "Include" in item.attributes:
            conditional = conditional or "Condition" in item.attributes
            for text in item.attributes["Include"].split(";"):
                if text.strip():
                    self._references.append(_Reference(text.strip(), file, item.line, conditional))

    def _asks(self, element: Element, file: str) -> None:
        """Files that conditions ask for, or that property functions read."""
        for text in (*element.attributes.values(), element.text):
            if "(" not in text:
                continue
            if _FILE_FUNCTION.search(text):
                self._function(text, file, element.line)
        for found in _EXISTS.finditer(element.attributes.get("Condition", "")):
            self._exists(found[2], file, element.line)

    def _function(self, text: str, file: str, line: int) -> None:
        read = _READS.search(text)
        end = closing(text, read.end()) if read is not None else -1
        wanted = self.values.argument(text[read.end() : end], file) if read is not None and end > 0 else None
        if wanted is None or len(_FILE_FUNCTION.findall(text)) > 1:
            said = _FILE_FUNCTION.search(text)
            self.g.refuse(LOCAL, f"{name(file)}:{line} looks at files ({said[0] if said else ''})", file, line)
        else:
            self.g.need_if_there(place(parent(self.project), wanted), f"read in {name(file)}:{line}", True)

    def _exists(self, text: str, file: str, line: int) -> None:
        if outside(text):
            return
        # Relative to the file for an import, to the project for everything else.
        paths = [*self.values.paths(text, file), *self.values.paths(text, file, parent(self.project))]
        for path in dict.fromkeys(paths):
            if path is None:
                self.g.refuse(LOCAL, f"{name(file)}:{line} asks for {text}, which is not known", file, line)
            elif self.g.kind(path) == "file":
                self.g.need(path, f"asked for in {name(file)}:{line}", required=False)
            elif self.g.kind(path) == "dir":
                self.build.directories.setdefault(path, (file, line))

    def _import(self, element: Element, file: str, conditional: bool, depth: int) -> None:
        text = element.attributes.get("Project", "")
        if "Sdk" in element.attributes or outside(text):
            return
        paths = self.values.paths(text, file)
        for path in paths:
            if path is None:
                said = f"what {name(file)}:{element.line} imports ({text}) is not known"
                self.g.refuse(LOCAL, said, file, element.line)
                continue
            why = f"imported in {name(file)}:{element.line}"
            if "*" in path or "?" in path[1:]:
                for match in self._matches(path, file, element.line):
                    self.g.need(match, why)
                    self.file(match, depth + 1)
            elif self.g.is_file(path):
                self.g.need(path, why)
                self.file(path, depth + 1)
            elif not conditional and len(paths) == 1:
                self.g.need_file(path, why, element.line)

    def _matches(self, pattern: str, file: str, line: int) -> list[str]:
        """Files that a wildcard names. ``**`` is any number of directories."""
        parts = pattern.split("/")
        fixed = next(i for i, part in enumerate(parts) if "*" in part or ("?" in part and i))
        found = ["/".join(parts[:fixed]) or "/"]
        for i, part in enumerate(parts[fixed:], fixed):
            last = i == len(parts) - 1
            if part == "**":
                if last:
                    self.g.refuse(LOCAL, f"{name(file)}:{line} names every file below a directory", file, line)
                    return []
                found = [below for directory in found for below in self._below(directory)]
                continue
            test = re.compile(re.escape(part).replace(r"\*", ".*").replace(r"\?", "."), re.I)
            found = [
                place(directory, entry)
                for directory in found
                for entry in sorted(self.build.names(directory))
                if test.fullmatch(entry) and self.g.kind(place(directory, entry)) == ("file" if last else "dir")
            ]
        return list(dict.fromkeys(found))

    def _below(self, directory: str) -> list[str]:
        found = [directory]
        for here in found:
            found += [p for p in (place(here, n) for n in sorted(self.build.names(here))) if self.g.kind(p) == "dir"]
        return found

    def references(self) -> Iterator[tuple[str, str, int]]:
        """The projects that this one refers to, with who asks."""
        for text, file, line, conditional in self._references:
            if outside(text):
                continue
            why = f"ProjectReference in {shown(file, self.g.cwd)}:{line}"
            paths = self.values.paths(text, file, parent(self.project))
            for path in paths:
                if path is None:
                    self.g.refuse(LOCAL, f"{name(file)}:{line} refers to {text}, which is not known", file, line)
                elif "*" in path or "?" in path[1:]:
                    for match in self._matches(path, file, line):
                        yield match, why, line
                elif not (conditional or len(paths) > 1) or self.g.is_file(path):
                    yield path, why, line
                elif within(path, self.g.cwd) and self.g.linked(path):
                    self.g.refuse(ABSENT, f"{path} is a symbolic link", path)
