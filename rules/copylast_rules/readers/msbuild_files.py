"""The MSBuild files around a restore: read once each, found upward, within the bounds of a gathering."""

from __future__ import annotations

from copylast_rules.readers.gathering import LOCAL, Gathering
from copylast_rules.readers.msbuild_values import Values, outside, place
from copylast_rules.readers.places import name, parent
from copylast_rules.readers.xml_files import Element, xml_of


class BuildFiles:
    """What all projects of one restore share."""

    def __init__(self, g: Gathering, given: dict[str, str | None], solution: str | None) -> None:
        """``given`` are properties of the command line by lower-case name, ``solution`` the solution's path."""
        self.g = g
        self.given = given
        self.solution = solution
        self.directories: dict[str, tuple[str, int]] = {}
        """Directories that a condition asks for, with the place that asks: they must still exist for the restore."""
        self._parsed: dict[str, Element | None] = {}
        self._names: dict[str, frozenset[str]] = {}
        self._nearest: dict[tuple[str, str], str | None] = {}

    def names(self, directory: str) -> frozenset[str]:
        """Base names in a directory."""
        found = self._names.get(directory)
        if found is None:
            found = self._names[directory] = frozenset(self.g.names(directory))
        return found

    def nearest(self, directory: str, wanted: str) -> str | None:
        """The file of that name in ``directory`` or the nearest above it."""
        passed: list[tuple[str, str]] = []
        found: str | None = None
        while True:
            key = (directory, wanted)
            if key in self._nearest:
                found = self._nearest[key]
                break
            passed.append(key)
            if wanted in self.names(directory):
                path = place(directory, wanted)
                found = path if self.g.is_file(path) else None
                break
            if directory == parent(directory):
                break
            directory = parent(directory)
        self._nearest.update(dict.fromkeys(passed, found))
        return found

    def element(self, path: str) -> Element | None:
        """The root of an MSBuild file, or None after a refusal."""
        if path not in self._parsed:
            self._parsed[path] = xml_of(self.g, path)
        return self._parsed[path]


def known_paths(g: Gathering, values: Values, prop: str, directory: str) -> list[str]:
    """The paths that a property may name; a refusal for those that nobody can tell."""
    found: list[str] = []
    for assignment in values.assigned(prop):
        if outside(assignment.text) or f"$({prop})".lower() in assignment.text.lower():
            continue
        for path in values.paths(assignment.text, assignment.file, directory):
            if path is None:
                g.refuse(LOCAL, f"the value of {prop} in {name(assignment.file)} is not known", assignment.file)
            else:
                found.append(path)
    return found
