"""What Mix reads before it fetches or compiles dependencies.

Sources: https://hexdocs.pm/mix/Mix.Tasks.Deps.Get.html, .../Mix.Tasks.Deps.Compile.html, .../Mix.Project.html;
runs mix/deps.get-manifest, mix/path-dep-missing, mix/path-dep-manifest-only and mix/config-import-missing of the
evidence table. Fetching does without config, compiling does not.
"""

from __future__ import annotations

import re

from copylast import Closure, InstallRequest, lazy_regex
from copylast_rules.readers.gathering import ABSENT, SURROUNDINGS, Gathering, gather
from copylast_rules.readers.globs import paths_of_glob
from copylast_rules.readers.mix_files import Dependency, MixFile
from copylast_rules.readers.mix_lock import out_of_sync
from copylast_rules.readers.places import join, parent, shown

_ENVIRONMENT = lazy_regex(r"#\{\s*(?:config_env|Mix\.env)(?:\(\))?\s*\}")
_TARGET = lazy_regex(r"#\{\s*(?:config_target|Mix\.target)(?:\(\))?\s*\}")


def read(request: InstallRequest) -> Closure:
    """The closure of ``mix deps.get`` and ``mix deps.compile`` in the request's directory."""
    return gather(request, _read)


def _read(request: InstallRequest, g: Gathering) -> None:
    if request.match.kind not in ("deps", "deps+project"):
        return
    if request.environment.get("MIX_EXS", ""):
        g.refuse(SURROUNDINGS, "MIX_EXS names another project file")
        return
    path = join(request.cwd, "mix.exs")
    if not g.is_file(path):
        g.idle = "no mix.exs"
        g.refuse(ABSENT, "no mix.exs in this directory", path)
        return
    fetches = request.match.subcommand != ("deps.compile",)
    if fetches and request.instead_of is not None and "deps.get" not in " ".join(request.instead_of.positional):
        g.idle = "nothing is fetched"
    if request.instead_of is not None and "--only" in request.instead_of.options:
        g.refuse(SURROUNDINGS, "the command fetches for one environment, which must be said for `mix deps.get` alone")
    project = _Project(g)
    root = project.add(path, "the manifest")
    _aliases(root)
    lock = join(request.cwd, root.setting("lockfile") or "mix.lock")
    locked = g.need_if_there(lock, "the lock", required=True)
    g.need_if_there(join(request.cwd, ".tool-versions"), "it chooses the versions of Erlang and Elixir")
    if all(d.path is not None for d in project.dependencies):
        g.idle = "no dependencies"
    words = (*request.match.subcommand, *request.match.positional)
    said = " ".join(words)
    if "deps.compile" in said or "deps.loadpaths" in said:
        _config(request, g, join(request.cwd, root.setting("config_path") or "config/config.exs"))
    if "deps.get" in said and locked and "--check-locked" not in request.match.options:
        reason = out_of_sync(g.text(lock) or "", project.dependencies)
        if reason:
            g.unsafe(f"mix.lock may be written, and the later COPY puts back what was there: {reason}")
            g.writes(lock)
    for variable, setting, usual in (
        ("MIX_DEPS_PATH", "deps_path", "deps"),
        ("MIX_BUILD_PATH", "build_path", "_build"),
    ):
        place = request.environment.get(variable) or root.setting(setting) or usual
        if "$" in place:
            g.refuse(SURROUNDINGS, f"the value of {variable} is not known")
        else:
            g.output(setting, place)


class _Project:
    """The project with those that it takes by path, each with its manifest."""

    def __init__(self, g: Gathering) -> None:
        self.dependencies: list[Dependency] = []
        self._g = g
        self._seen: dict[str, MixFile] = {}

    def add(self, path: str, why: str) -> MixFile:
        """Need the manifest, and follow it."""
        self._g.need(path, why)
        self._seen[path] = file = MixFile(self._g, path)
        base, where = parent(path), shown(path, self._g.cwd)
        apps = file.setting("apps_path")
        if apps is not None:
            for app in paths_of_glob(self._g, base, f"{apps}/*/mix.exs"):
                self._follow(app, f"an app of {where}")
        for dependency in file.dependencies():
            self.dependencies.append(dependency)
            if dependency.path is not None:
                directory = join(base, dependency.path or f"../{dependency.name}")
                self._follow_directory(directory, f"{dependency.name} in {where}")
        return file

    def _follow(self, path: str, why: str) -> None:
        if path not in self._seen:
            self.add(path, why)

    def _follow_directory(self, directory: str, why: str) -> None:
        manifest = join(directory, "mix.exs")
        if self._g.kind(directory) == "dir" and not self._g.is_file(manifest):
            # Another build tool's: it is compiled with the dependencies.
            self._g.need(directory, why, "dir")
        elif self._g.need_file(manifest, why):
            self._follow(manifest, why)


def _aliases(root: MixFile) -> None:
    """A task of dependencies that stands for others (``"deps.get": [...]``) may do anything."""
    for i, word in enumerate(root.words[:-1]):
        if word.kind == "text" and word.value in ("deps.get", "deps.compile", "deps.loadpaths"):
            if root.words[i + 1].value == ":":
                root.refuse(word)


def _config(request: InstallRequest, g: Gathering, path: str, depth: int = 0) -> None:
    """The configuration with what it imports, for the environment that the step sees."""
    if depth > 10 or not g.need_if_there(path, "the configuration of dependencies", required=True):
        return
    file = MixFile(g, path)
    for i, word in enumerate(file.words[:-1]):
        if word.kind != "name" or word.value != "import_config":
            continue
        value = file.words[i + 1 + (file.words[i + 1].value == "(")]
        if value.kind != "text":
            file.refuse(word)
            continue
        for target in _imported(request, g, parent(path), value.value):
            if g.need_file(target, f"import_config in {shown(path, g.cwd)}", word.line):
                _config(request, g, target, depth + 1)


def _imported(request: InstallRequest, g: Gathering, base: str, said: str) -> list[str]:
    environment = request.environment.get("MIX_ENV", "dev")
    target = request.environment.get("MIX_TARGET", "host")
    said = _ENVIRONMENT.sub(environment if environment and "$" not in environment else "*", said)
    said = _TARGET.sub(target if target and "$" not in target else "*", said)
    if "#{" in said:
        said = re.sub(r"#\{[^}]*\}", "*", said)
    return paths_of_glob(g, base, said)
