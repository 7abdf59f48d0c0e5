"""What pip reads: requirements and constraints files, what they include, and local projects.

Sources: https://pip.pypa.io/en/stable/reference/requirements-file-format/ and
https://pip.pypa.io/en/stable/topics/configuration/; runs pip/nested-r-missing,
pip/local-path-relative-to-cwd, pip/find-links-missing of the evidence table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from copylast import Closure, InstallRequest, lazy_regex
from copylast_rules.readers.gathering import (
    ABSENT,
    LOCAL,
    MAX_DEPTH,
    OVERLAY,
    PROJECT,
    SURROUNDINGS,
    Gathering,
    TooMuch,
    gather,
)
from copylast_rules.readers.local_project import need_project
from copylast_rules.readers.pip_settings import configured, output_directories
from copylast_rules.readers.places import join, name, parent, within
from copylast_rules.readers.requirement_lines import ARCHIVE, URL, lines, target

_ENVIRONMENT = {
    "PIP_REQUIREMENT": "--requirement",
    "PIP_CONSTRAINT": "--constraint",
    "PIP_BUILD_CONSTRAINT": "--build-constraint",
    "PIP_EDITABLE": "--editable",
    "PIP_FIND_LINKS": "--find-links",
}
_SAME = {
    "-r": "--requirement",
    "-c": "--constraint",
    "-e": "--editable",
    "-f": "--find-links",
}
MAX_LINES = 100_000
_UNKNOWN = lazy_regex(r"[$`]|<\(")


def read(request: InstallRequest) -> Closure:
    """The closure of one pip command."""
    return gather(request, _read)


def _read(request: InstallRequest, g: Gathering) -> None:
    Reading(request, g).command()


class Reading:
    """One pip command and the requirements files that were seen so far."""

    variables: Mapping[str, str] = _ENVIRONMENT
    """Which options the environment's variables give; their words stand apart by white space or ``separator``."""
    separator = " "

    def __init__(self, request: InstallRequest, g: Gathering) -> None:
        self.request = request
        self.match = request.match
        self.cwd = request.cwd
        self.environment = request.environment
        self.g = g
        self.seen: set[str] = set()
        self.depth = 0

    def command(self) -> None:
        match, g = self.match, self.g
        if match.kind == "noop":
            return
        if match.program in ("venv", "virtualenv"):
            for word in match.positional:
                g.writes(join(self.cwd, word))
            return
        if match.program in ("get-pip.py", "pipx", "ensurepip"):
            g.need_if_there(join(self.cwd, "get-pip.py"), "the program itself", required=True)
            if match.kind == "project":
                g.refuse(PROJECT, f"{match.program} installs the project itself")
            return
        if self.request.instead_of is not None:
            from copylast_rules.readers.own_dependencies import look_for_dependencies

            look_for_dependencies(self.request, g, self.request.instead_of)
            return
        if match.program == "setup.py" or match.program == "build" or match.kind in ("lock", "build"):
            g.refuse(PROJECT, f"{match.program} {' '.join(match.subcommand)}".strip() + " needs the source")
            return
        self.options()
        for word in match.positional:
            self.positional(word)
        output_directories(self.request, g)

    def options(self) -> None:
        """Everything that options, variables and configuration files name."""
        for option, values in self.match.options.items():
            for value in values:
                self.option(_SAME.get(option, option), value, self.cwd, f"{option} {value}".strip())
        self.surroundings()

    def surroundings(self) -> None:
        """Everything that variables and configuration files name."""
        for option, value, why in (*self._variables(), *configured(self.request, self.g)):
            self.option(option, value, self.cwd, why)

    def entries(self, text: str, path: str, *, numbered: bool = True) -> None:
        """Everything that the lines of a requirements file name; ``path`` is the file that they stand in.

        ``numbered``: False where the lines were taken out of something else, so that their numbers say nothing.
        """
        shown = path[len(self.cwd.rstrip("/")) + 1 :] if within(path, self.cwd) else path
        if text.count("\n") > MAX_LINES:
            self.g.refuse(LOCAL, f"{shown} is too long to follow", path)
            return
        for entry in lines(text, self.environment):
            at = f":{entry.number}" if numbered else ""
            if entry.problem:
                number = entry.number if numbered else None
                self.g.refuse(LOCAL, f"{shown}{at} cannot be read: {entry.problem}", path, number)
                continue
            if entry.requirement:
                self.requirement(entry.requirement, f"in {shown}{at}", entry.number if numbered else None)
            for option, found in entry.options:
                short = next((s for s, full in _SAME.items() if full == option), option)
                self.option(option, found, parent(path), f"{short} in {shown}{at}")

    def _variables(self) -> Iterator[tuple[str, str, str]]:
        """Options that variables give."""
        for variable, option in self.variables.items():
            if variable not in self.environment:
                continue
            words = self.environment[variable]
            if words is None:
                self.g.refuse(SURROUNDINGS, f"the value of {variable} is not known")
                continue
            for word in words.replace(self.separator, " ").split():
                yield option, word, variable

    def option(self, option: str, value: str, base: str, why: str) -> None:
        """An option that names something to read; ``base`` is what a relative file is relative to."""
        line = int(why.rsplit(":", 1)[1]) if re.search(r" in .*:\d+$", why) else None
        if option in ("--requirement", "--constraint", "--build-constraint"):
            self.file(value, base, why, line)
        elif option == "--editable":
            self.requirement(value, why, line, editable=True)
        elif option == "--find-links":
            self._links(value, base, why)
        elif option == "--requirements-from-script":
            if self._known(value, why, line):
                self.g.need_file(join(self.cwd, value), why)
        elif option == "--group":
            self._group(value, why)

    def _known(self, value: str, why: str, line: int | None = None) -> bool:
        if value and value != "-" and not _UNKNOWN.search(value):
            return True
        self.g.refuse(LOCAL, f"{value or why} is not the name of a file that can be known", None, line)
        return False

    def file(self, value: str, base: str, why: str, line: int | None) -> None:
        """A requirements or constraints file, and all that it names."""
        if not self._known(value, why, line):
            return
        if URL.match(value) and not value.lower().startswith("file:"):
            return
        path = join(base, target(value).path if value.lower().startswith("file:") else value)
        if not self.g.need_file(path, why, line) or path in self.seen:
            return
        self.seen.add(path)
        text = self.g.text(path)
        if text is None:
            return
        if re.fullmatch(r"pylock(\..+)?\.toml", name(path)):
            if re.search(r"(?m)^[ \t]*(?:path|directory)[ \t]*=", text):
                self.g.refuse(LOCAL, f"{name(path)} names local paths", path)
            return
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise TooMuch
        self.entries(text, path)
        self.depth -= 1

    def positional(self, word: str) -> None:
        """A requirement on the command line, where the shell also expands file names."""
        if not re.search(r"[*?]", word) or URL.match(word) or "=" in word:
            self.requirement(word, word, None)
            return
        if _UNKNOWN.search(word):
            self.requirement(word, word, None)
            return
        from fnmatch import fnmatchcase

        folder, pattern = parent(join(self.cwd, word)), name(word)
        found = [n for n in self.g.names(folder) if fnmatchcase(n, pattern)]
        if not found or "*" in folder or "?" in folder[1:]:
            self.g.refuse(ABSENT, f"nothing in the build context is named {word}", folder)
        elif folder != self.cwd and not within(self.cwd, folder):
            self.g.need(folder, word, "dir")
        else:
            for entry in found:
                self.requirement(join(folder, entry), word, None)

    def requirement(self, text: str, why: str, line: int | None, editable: bool = False) -> None:
        """One requirement. Local paths are relative to the working directory, not to the file."""
        found = target(text, editable)
        if found.what == "vcs" and editable:
            self._checkout()
        if found.what != "path":
            if "$" in text and re.match(r"[$`]", text.strip()):
                self.g.refuse(LOCAL, f"{text} ({why}) is not known", None, line)
            return
        if not self._known(found.path, why, line):
            return
        path = join(self.cwd, found.path)
        if ARCHIVE.search(path) and self.g.kind(path) != "dir":
            self.g.need_file(path, why, line)
        else:
            need_project(self.g, path, why, line)

    def _checkout(self) -> None:
        """An editable checkout is made in ``src``, beside the environment or the command."""
        source = self.match.options.get("--src", (self.environment.get("PIP_SRC") or "",))[-1]
        if source:
            self.g.output("--src", source)
        elif self.environment.get("VIRTUAL_ENV"):
            self.g.writes(f"{self.environment['VIRTUAL_ENV']}/src")
        else:
            path = join(self.cwd, "src")
            if self.g.kind(path) is not None:
                self.g.refuse(
                    OVERLAY, "an editable checkout is put into src, where the project has its own", path
                )
            self.g.writes(path)

    def _links(self, value: str, base: str, why: str) -> None:
        """A directory or page of archives: beside the file that names it if there, else from the cwd."""
        if URL.match(value) and not value.lower().startswith("file:"):
            return
        if not self._known(value, why):
            return
        value = target(value).path if value.lower().startswith("file:") else value
        path = join(base, value)
        if self.g.kind(path) is None:
            path = join(self.cwd, value)
        kind = self.g.kind(path)
        if kind == "file":
            self.g.need(path, why)
        elif kind == "dir" and not within(self.cwd, path):
            self.g.need(path, why, "dir")
        elif kind == "dir":
            for entry in self.g.names(path):
                if ARCHIVE.search(entry) and self.g.is_file(join(path, entry)):
                    self.g.need(join(path, entry), why)

    def _group(self, value: str, why: str) -> None:
        """``--group [PATH:]NAME`` reads the dependency groups of a pyproject.toml and nothing else."""
        file, _, group = value.rpartition(":")
        if not self._known(group, why):
            return
        path = join(self.cwd, file or "pyproject.toml")
        if not self.g.need_file(path, why):
            return
        text = self.g.text(path)
        if text is not None and re.search(r"@\s*file:|[\"']\s*\.{0,2}/", _groups(text)):
            self.g.refuse(LOCAL, f"a dependency group of {name(path)} names a local path", path)


def _groups(text: str) -> str:
    """The part of a pyproject.toml that holds dependency groups."""
    at = text.find("[dependency-groups")
    if at < 0:
        return ""
    end = re.compile(r"(?m)^[ \t]*\[(?!dependency-groups)[\w\"]").search(text, at + 1)
    return text[at : end.start() if end else None]
