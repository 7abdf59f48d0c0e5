"""What MSBuild reads of the build context to restore projects: all of them, with their settings and lockfiles.

Sources: https://learn.microsoft.com/visualstudio/msbuild/msbuild-response-files,
https://learn.microsoft.com/nuget/consume-packages/central-package-management and
https://learn.microsoft.com/nuget/consume-packages/package-references-in-project-files (lockfiles).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from copylast_rules.readers.gathering import LOCAL, SCRIPTS, Gathering
from copylast_rules.readers.msbuild_files import BuildFiles, known_paths
from copylast_rules.readers.msbuild_project import Evaluation
from copylast_rules.readers.msbuild_values import Values, place
from copylast_rules.readers.nuget import NugetSettings
from copylast_rules.readers.places import name, parent

_ODD = (".esproj", ".njsproj", ".pyproj", ".sfproj", ".wixproj")
"""Projects whose own kits do more at a restore than to fetch packages."""
_MADE = ("BaseIntermediateOutputPath", "MSBuildProjectExtensionsPath", "RestorePackagesPath", "ArtifactsPath")
"""Properties that name directories which a restore makes."""


class MSBuild(BuildFiles):
    """The projects of one restore, each with all that its evaluation reads."""

    def __init__(self, g: Gathering, given: dict[str, str | None], solution: str | None) -> None:
        super().__init__(g, given, solution)
        self.nuget = NugetSettings(g)
        self.locked: list[str] = []
        """Lockfiles that this restore may write again."""
        self._projects: dict[str, None] = {}

    def read(self, projects: Iterator[tuple[str, str, int | None]]) -> None:
        """Projects (path, who asks for it, line) and all that they refer to."""
        queue = list(projects)
        while queue:
            path, why, line = queue.pop()
            if path in self._projects:
                continue
            self._projects[path] = None
            if self.g.need_file(path, why, line):
                queue += self._project(path)
        for directory, (file, line) in self.directories.items():
            if not self.g.needs_below(directory):
                self.g.refuse(LOCAL, f"{name(file)}:{line} asks whether the directory {directory} exists", file, line)

    def _project(self, path: str) -> Iterator[tuple[str, str, int]]:
        """Reads one project; gives the projects that it refers to."""
        directory = parent(path)
        if path.endswith(_ODD):
            self.g.refuse(SCRIPTS, f"what restoring {name(path)} does is not known to copylast", path)
        evaluation = Evaluation(self, path)
        response = self.nearest(directory, "Directory.Build.rsp")
        if response is not None:
            self.g.need(response, f"beside or above {name(path)}")
        evaluation.conventional("Directory.Build.props", "DirectoryBuildPropsPath")
        evaluation.file(path)
        evaluation.conventional("Directory.Packages.props", "DirectoryPackagesPropsPath")
        evaluation.conventional("Directory.Build.targets", "DirectoryBuildTargetsPath")
        if f"{name(path)}.user" in self.names(directory):
            text = self.g.text(f"{path}.user") or ""
            if re.search(r"(?i)restore|package|targetframework|runtimeidentifier|import", text):
                self.g.refuse(LOCAL, f"{name(path)}.user says more than how to debug", f"{path}.user")
        self.nuget.above(directory, self.names)
        self._results(path, evaluation.values)
        return evaluation.references()

    def _results(self, path: str, values: Values) -> None:
        """Lockfiles, settings that properties name, and the directories that the restore makes."""
        directory = parent(path)
        stem = name(path).rpartition(".")[0].replace(" ", "_")
        for lock in ("packages.lock.json", f"packages.{stem}.lock.json"):
            there = place(directory, lock)
            if lock in self.names(directory) and self.g.need_if_there(there, f"beside {name(path)}", True):
                if not self._in_locked_mode(values):
                    self.locked.append(there)
        for prop in ("NuGetLockFilePath", "RestoreConfigFile"):
            for file in known_paths(self.g, values, prop, directory):
                self.g.need_if_there(file, f"{prop} of {name(path)}", True)
        self.nuget.sources_of(values, directory)
        made = [place(directory, "obj")]
        for prop in _MADE:
            made += known_paths(self.g, values, prop, directory)
        if any(a.text.lower() == "true" for a in values.assigned("UseArtifactsOutput")):
            root = self.nearest(directory, "Directory.Build.props") or path
            made.append(place(parent(root), "artifacts"))
        for result in made:
            self.g.writes(result.rstrip("/"))

    def _in_locked_mode(self, values: Values) -> bool:
        given = self.given.get("restorelockedmode")
        if given is not None:
            return given.lower() == "true"
        said = values.assigned("RestoreLockedMode")
        return bool(said) and all(a.text.lower() == "true" and not a.conditional for a in said)
