"""What ``dotnet restore`` reads: the project or solution, all that it refers to, and the settings around them.

Sources: https://learn.microsoft.com/dotnet/core/tools/dotnet-restore, .../global-json, .../local-tools-how-to-use;
https://learn.microsoft.com/visualstudio/msbuild/msbuild-command-line-reference for which file is taken.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

from copylast import Closure, InstallRequest, lazy_regex
from copylast_rules.readers.dotnet_solutions import ENDINGS, listed
from copylast_rules.readers.gathering import ABSENT, LOCAL, PROJECT, SETTINGS, SURROUNDINGS, Gathering, gather
from copylast_rules.readers.msbuild import MSBuild
from copylast_rules.readers.msbuild_values import place
from copylast_rules.readers.places import name, parent, upward

_PROPERTY = lazy_regex(r"(?i)(?:--?|/)p(?:roperty)?:(\w+)")
_SWITCH = lazy_regex(r"(?i)/[a-z]+(:|$)")


def read(request: InstallRequest) -> Closure:
    """The closure of the restore that a ``dotnet`` command does."""
    return gather(request, _read)


def _read(request: InstallRequest, g: Gathering) -> None:
    match = request.match
    if match.kind in ("noop", "tool"):
        return
    if match.program.startswith("nuget"):
        g.refuse(LOCAL, f"what {match.program} {' '.join(match.subcommand)} reads is not known to copylast")
        return
    if match.kind == "project":
        g.refuse(PROJECT, f"dotnet {' '.join(match.subcommand)} needs the source")
        return
    directories = [request.cwd]
    if match.subcommand == ("tool", "restore"):
        _tools(request, g)
    else:
        start = _start(request, g)
        if start is None:
            return
        directories.append(parent(start))
        _restore(request, g, start)
    for directory in directories:
        _global_json(g, directory)


def _check_sdk(request: InstallRequest, g: Gathering) -> None:
    """Options that a build has long had, and a restore only since the SDK 8."""
    new = [o for o in ("-a", "--arch", "--os", "--ucr", "--use-current-runtime") if o in request.match.options]
    version = re.search(r"dotnet(?:/nightly)?/sdk:(\d+)\.", request.base_image or "")
    if request.instead_of is not None and new and (version is None or int(version[1]) < 8):
        g.refuse(SURROUNDINGS, f"whether `dotnet restore` of this SDK knows {new[0]} is not known")


def _tools(request: InstallRequest, g: Gathering) -> None:
    """Manifests of local tools, from the directory upward."""
    build = MSBuild(g, {}, None)
    found = False
    for directory in upward(request.cwd):
        for file in (".config/dotnet-tools.json", "dotnet-tools.json"):
            found |= g.need_if_there(place(directory, file), "manifest of tools", required=True)
    if not found:
        g.refuse(ABSENT, "no dotnet-tools.json in this directory or above", request.cwd)
    build.nuget.above(request.cwd, build.names)


def _restore(request: InstallRequest, g: Gathering, start: str) -> None:
    _check_sdk(request, g)
    given = _given(request)
    is_solution = start.endswith(ENDINGS)
    build = MSBuild(g, given, start if is_solution else None)
    for option in ("--configfile",):
        for value in request.match.options.get(option, ()):
            if "$" in value:
                g.refuse(SETTINGS, f"{option} names a file by a variable")
            elif g.need_file(place(request.cwd, value), option):
                build.nuget.file(place(request.cwd, value), option)
    for option in ("-s", "--source"):
        for value in request.match.options.get(option, ()):
            if "$" not in value and "://" not in value:
                build.nuget.directory(place(request.cwd, value), option, value, None)
    if is_solution:
        if not g.need_file(start, "the solution"):
            return
        for extra in ("Directory.Solution.props", "Directory.Solution.targets"):
            found = build.nearest(parent(start), extra)
            if found is not None:
                g.refuse(LOCAL, f"{extra} steers the solution, and copylast does not read it", found)
        for extra in (f"before.{name(start)}.targets", f"after.{name(start)}.targets"):
            if g.is_file(place(parent(start), extra)):
                g.refuse(LOCAL, f"{extra} runs targets of its own", place(parent(start), extra))
        build.nuget.above(parent(start), build.names)
        build.read(listed(g, start))
    else:
        build.read(iter([(start, "the project", None)]))
    if build.locked and "--locked-mode" not in request.match.options:
        # The implicit restore of the build would do the same again, but the later COPY carries the file, too.
        g.unsafe(f"{name(build.locked[0])} may be written again, and the later COPY puts it back")


def _given(request: InstallRequest) -> dict[str, str | None]:
    """Properties that the command line gives, by lower-case name; None for values that are not known."""
    found: dict[str, str | None] = {}
    words = [(option, value) for option, values in request.match.options.items() for value in values]
    words += [(left, right) for left, _, right in (word.partition("=") for word in request.match.positional)]
    for option, value in words:
        prop = _PROPERTY.fullmatch(option)
        if prop is not None:
            found[prop[1].lower()] = None if re.search(r"[$`;%]", value) else value
    return found


def _start(request: InstallRequest, g: Gathering) -> str | None:
    """The project or solution that the command works on; None after a refusal."""
    words = [w for w in request.match.positional if w.lower() not in ("true", "false") and not _SWITCH.match(w)]
    if len(words) > 1:
        g.refuse(LOCAL, f"the command names more than one project: {' '.join(words)}")
        return None
    if not words:
        return _in_directory(g, request.cwd)
    word = words[0]
    if re.search(r"[$`]|\*.*/|\[", word):
        g.refuse(LOCAL, f"which project {word} is cannot be known")
        return None
    path = place(request.cwd, word)
    if "*" in word:
        found = [n for n in g.names(parent(path)) if fnmatchcase(n, name(path))]
        if len(found) != 1:
            g.refuse(LOCAL, f"{word} names {len(found)} files")
            return None
        path = place(parent(path), found[0])
    return _in_directory(g, path) if g.kind(path) == "dir" else path


def _in_directory(g: Gathering, directory: str) -> str | None:
    """The only project or solution of a directory, as MSBuild chooses."""
    files = [n for n in g.names(directory) if g.is_file(place(directory, n))]
    solutions = [n for n in files if n.endswith((".sln", ".slnx"))]
    projects = [n for n in files if n.endswith("proj")]
    if len(solutions) == 1 and len(projects) == 1:
        # Both may be there if they bear one name; the solution is taken.
        same = solutions[0].rpartition(".")[0] == projects[0].rpartition(".")[0]
        projects, solutions = ([], solutions) if same else (projects, solutions)
    found = solutions + projects
    if len(found) == 1:
        return place(directory, found[0])
    if not found:
        g.idle = "no project"
        g.refuse(ABSENT, "there is no project or solution in this directory", directory)
    else:
        g.refuse(LOCAL, f"{directory} holds more than one project or solution: {', '.join(found)}", directory)
    return None


def _global_json(g: Gathering, directory: str) -> None:
    """The nearest global.json chooses the SDK."""
    for step in upward(directory):
        path = place(step, "global.json")
        if g.is_file(path):
            g.need(path, "chooses the SDK")
            text = g.text(path, SETTINGS)
            if text is not None and re.search(r'"paths"\s*:', text):
                g.refuse(SETTINGS, "global.json looks for the SDK in directories of the project", path)
            return
