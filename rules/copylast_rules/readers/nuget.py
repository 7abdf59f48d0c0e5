"""NuGet's settings: nuget.config in a directory and all above it, and the local package sources that it names.

Source: https://learn.microsoft.com/nuget/reference/nuget-config-file and
https://learn.microsoft.com/nuget/consume-packages/configuring-nuget-behavior.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from copylast import lazy_regex
from copylast_rules.readers.gathering import LOCAL, SETTINGS, Gathering
from copylast_rules.readers.msbuild_values import Values, place
from copylast_rules.readers.places import name, parent, upward
from copylast_rules.readers.xml_files import Element, xml_of

SPELLINGS = ("nuget.config", "NuGet.config", "NuGet.Config")
"""What NuGet looks for on Linux."""
_URL = lazy_regex(r"(?i)[a-z][a-z0-9+.-]+://")


class NugetSettings:
    """The settings files of one restore, each read once."""

    def __init__(self, g: Gathering) -> None:
        self.g = g
        self._seen: set[str] = set()

    def above(self, directory: str, names: Callable[[str], Collection[str]]) -> None:
        """The settings that hold in a directory."""
        for step in upward(directory):
            if step in self._seen:
                return
            self._seen.add(step)
            for spelling in SPELLINGS:
                if spelling in names(step) and self.g.is_file(place(step, spelling)):
                    self.file(place(step, spelling), "settings of NuGet")

    def file(self, path: str, why: str) -> None:
        """One settings file and the directories of packages that it names."""
        self.g.need(path, why)
        root = xml_of(self.g, path, SETTINGS)
        if root is None:
            return
        for section in ("packageSources", "fallbackPackageFolders"):
            for group in root.all(section):
                for add in group.all("add"):
                    self._source(add.attributes.get("value", ""), path, add)
        for config in root.all("config"):
            for add in config.all("add"):
                if add.attributes.get("key", "").lower() == "globalpackagesfolder":
                    self._packages(add.attributes.get("value", ""), path, add)

    def _source(self, value: str, path: str, add: Element) -> None:
        """A package source: a URL, or a directory beside the file."""
        value = value.strip()
        if not value or _URL.match(value):
            return
        if "%" in value or re.match(r"[A-Za-z]:|\\\\", value):
            self.g.refuse(SETTINGS, f"{name(path)}:{add.line} names a package source by a variable", path, add.line)
            return
        self.directory(place(parent(path), value), f"package source in {name(path)}:{add.line}", path, add.line)

    def _packages(self, value: str, path: str, add: Element) -> None:
        if "%" in value:
            self.g.refuse(SETTINGS, f"{name(path)}:{add.line} names the packages' folder by a variable", path, add.line)
        elif value:
            self.g.writes(place(parent(path), value))

    def directory(self, path: str, why: str, file: str, line: int | None) -> None:
        """A local directory of packages: all of it."""
        if self.g.kind(path) == "dir":
            self.g.need(path, why, "dir")
        elif not self.g.linked(path):
            self.g.refuse(SETTINGS, f"the package source {path} is not in the build context ({why})", file, line)

    def sources_of(self, values: Values, directory: str) -> None:
        """Package sources that properties of a project name."""
        for prop in ("RestoreSources", "RestoreAdditionalProjectSources", "RestoreFallbackFolders"):
            for assignment in values.assigned(prop):
                for part in assignment.text.split(";"):
                    part = part.strip()
                    if not part or _URL.match(part) or part.lower() == f"$({prop})".lower():
                        continue
                    for value in values.expand(part, assignment.file):
                        if value is None:
                            self.g.refuse(LOCAL, f"{prop} in {name(assignment.file)} is not known", assignment.file)
                        elif value and not _URL.match(value):
                            why = f"{prop} in {name(assignment.file)}"
                            self.directory(place(directory, value), why, assignment.file, None)
