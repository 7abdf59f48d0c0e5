"""What Yarn 2 and later read: .yarnrc.yml, its releases, plugins and patches, the workspace, yarn.lock.

Sources: https://yarnpkg.com/cli/install, https://yarnpkg.com/configuration/yarnrc,
https://yarnpkg.com/protocols; runs yarn4/* of the evidence table: without .yarnrc.yml it switches to PnP,
``prepare`` is never run, ``file:`` directories are copied, a ``portal:`` must be there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from copylast import Closure, InstallRequest
from copylast_rules.readers.gathering import ABSENT, EDITS_MANIFEST, SETTINGS, Gathering, TooMuch, gather
from copylast_rules.readers.node_commands import installs_project
from copylast_rules.readers.node_install import Habits, NodeInstall, Reference, find_project
from copylast_rules.readers.node_manifests import Package, members, read_package, workspace_patterns
from copylast_rules.readers.places import join, shown, upward
from copylast_rules.readers.small_yaml import Yaml, YamlError, read_yaml

HOOKS = ("preinstall", "install", "postinstall")
_MAX_MEMBERS = 20_000
_NAMED_FILES = ("httpsCaFilePath", "httpsCertFilePath", "httpsKeyFilePath", "caFilePath")


def read(request: InstallRequest) -> Closure:
    """The closure of ``yarn install`` and ``yarn workspaces focus``."""
    return gather(request, _read)


def _read(request: InstallRequest, g: Gathering) -> None:
    if not installs_project(request, g, "yarn"):
        return
    project = _project(request, g)
    if project is None:
        return
    root = project.directory
    settings = _settings(request, g, root)
    if request.match.program.endswith((".cjs", ".js")):
        _release(request, g)
    skips = request.match.options.get("--mode", ("",))[-1] in ("skip-build", "update-lockfile")
    install = NodeInstall(g, project, Habits("yarn", () if skips else HOOKS, _references))
    install.read(_members(g, project))
    install.follow()
    for package in (project, *install.members.values()):
        for specifier in package.texts("resolutions").values():
            install.local(package, specifier, f"resolutions in {shown(package.path, g.cwd)}")
    _results(g, root, settings)
    _lock(request, g, root, settings)


def _project(request: InstallRequest, g: Gathering) -> Package | None:
    """The package beside the nearest yarn.lock; without any, the nearest package."""
    for place in upward(request.cwd):
        if g.is_file(join(place, "yarn.lock")) and g.is_file(join(place, "package.json")):
            g.need(join(place, "package.json"), "the manifest")
            if place != request.cwd:
                g.need_if_there(join(request.cwd, "package.json"), "the workspace's manifest")
            return read_package(g, place)
    return find_project(g, upward(request.cwd))


def _members(g: Gathering, project: Package) -> dict[str, str]:
    """Members of the workspace, and theirs: a member may have a workspace of its own."""
    found: dict[str, str] = {}
    todo = [project]
    while todo:
        package = todo.pop()
        patterns = workspace_patterns(package)
        # What is excluded is so wherever in the list it stands.
        patterns = sorted(patterns, key=lambda pattern: pattern.startswith("!"))
        for directory, pattern in members(g, package.directory, patterns, package.path).items():
            if directory in found or directory == project.directory:
                continue
            found[directory] = pattern
            if len(found) > _MAX_MEMBERS:
                raise TooMuch
            text = g.text(join(directory, "package.json"))
            if text is not None and '"workspaces"' in text:
                member = read_package(g, directory)
                if member is not None:
                    todo.append(member)
    return found


def _settings(request: InstallRequest, g: Gathering, root: str) -> Mapping[str, Yaml]:
    """What the .yarnrc.yml files set, the nearest first; files that they name become needs."""
    found: dict[str, Yaml] = {}
    home = request.environment.get("HOME") or "/root"
    name = request.environment.get("YARN_RC_FILENAME", ".yarnrc.yml")
    if name is None or "/" in name:
        g.refuse(SETTINGS, "YARN_RC_FILENAME names the settings in a way that is not followed")
        return found
    for directory in dict.fromkeys((*upward(request.cwd), home)):
        path = join(directory, name)
        if not g.need_if_there(path, "Yarn's settings", required=directory == root):
            continue
        try:
            settings = read_yaml(g.text(path, SETTINGS) or "")
        except YamlError as e:
            g.refuse(SETTINGS, f"{shown(path, g.cwd)} is not followed, {e}", path, e.line)
            continue
        _named(g, directory, path, settings)
        for key, value in settings.items():
            found.setdefault(key, value)
    # Yarn 1 starts it where it is not installed with corepack.
    for directory in upward(request.cwd):
        g.need_if_there(join(directory, ".yarnrc"), "Yarn's settings")
    return found


def _named(g: Gathering, directory: str, path: str, settings: Mapping[str, Yaml]) -> None:
    """The files that one .yarnrc.yml names."""
    where = shown(path, g.cwd)
    for key in ("yarnPath", *_NAMED_FILES):
        value = settings.get(key)
        if isinstance(value, str):
            _file(g, directory, value, f"{key} in {where}", path)
    plugins = settings.get("plugins")
    for plugin in plugins if isinstance(plugins, list) else ():
        value = plugin.get("path") if isinstance(plugin, dict) else plugin
        if isinstance(value, str):
            _file(g, directory, value, f"plugins in {where}", path)
        else:
            g.refuse(SETTINGS, f"a plugin in {where} is not understood", path)
    injected = settings.get("injectEnvironmentFiles")
    for value in injected if isinstance(injected, list) else ():
        if isinstance(value, str):
            g.need_if_there(join(directory, value.rstrip("?")), f"injectEnvironmentFiles in {where}")
    if "injectEnvironmentFiles" not in settings:
        g.need_if_there(join(directory, ".env.yarn"), "Yarn loads it")


def _file(g: Gathering, directory: str, value: str, why: str, path: str) -> None:
    if "$" in value or value.startswith("~"):
        g.refuse(SETTINGS, f"{why} names a file by a variable", path)
    elif value.startswith("/") and not g.is_file(value):
        return  # the image's own
    else:
        g.need_file(join(directory, value), why)


def _release(request: InstallRequest, g: Gathering) -> None:
    """``node .yarn/releases/yarn-4.cjs``: the program itself is a file of the project."""
    name = request.match.program
    found = next(
        (p for d in upward(request.cwd) if g.is_file(p := join(d, f".yarn/releases/{name}"))),
        join(request.cwd, f".yarn/releases/{name}"),
    )
    g.need_file(found, "the program that is run")


def _references(specifier: str) -> Iterator[Reference]:
    """What a range of Yarn's protocols names on the disk."""
    protocol, colon, rest = specifier.partition(":")
    if not colon or protocol in ("npm", "workspace", "link", "catalog", "http", "https", "git", "ssh"):
        if re.match(r"\.{0,2}/|\.{1,2}$|~/", specifier):
            yield _at("file", specifier)
        return
    rest = rest.split("::", 1)[0]
    if protocol == "patch":
        yield from _patches(rest)
    elif protocol in ("file", "portal"):
        yield _at(protocol, re.sub(r"^//(?=/)", "", rest))
    elif protocol == "exec":
        yield Reference("program", rest)


def _at(protocol: str, path: str) -> Reference:
    if re.search(r"\.(?:tgz|tar\.gz)$", path, re.I):
        return Reference("file", path)
    return Reference("portal" if protocol == "portal" else "copy", path)


def _patches(rest: str) -> Iterator[Reference]:
    """``pkg@npm%3A1#~/.yarn/patches/a.patch&./b.patch``; what is Yarn's own is left out."""
    source, _, patches = rest.partition("#")
    inner = source.replace("%3A", ":").replace("%3a", ":").replace("%23", "#").rpartition("@")[2]
    if ":" in inner and not inner.startswith("npm:"):
        yield from _references(inner)
    for patch in patches.split("&"):
        patch = patch.removeprefix("optional!")
        if not patch or patch.startswith(("builtin<", "~builtin<")):
            continue
        # ~/ is the project here, and no home.
        yield Reference("root" if patch.startswith("~/") else "file", patch.removeprefix("~/"))


def _results(g: Gathering, root: str, settings: Mapping[str, Yaml]) -> None:
    """What an install makes beside node_modules, and what of it a repository may hold already."""
    for path in (".pnp.cjs", ".pnp.loader.mjs", ".yarn/unplugged", ".yarn/install-state.gz"):
        if g.kind(join(root, path)) is not None and path.startswith(".pnp"):
            said = f"the install makes {path}, and the later COPY brings another one"
            g.refuse(EDITS_MANIFEST, said, join(root, path))
        g.writes(join(root, path))
    folder = settings.get("cacheFolder")
    cache = join(root, folder if isinstance(folder, str) else ".yarn/cache")
    if g.kind(cache) == "dir" and any(n.endswith(".zip") for n in g.names(cache)):
        g.need(cache, "the packages are part of the project", "dir")


def _lock(request: InstallRequest, g: Gathering, root: str, settings: Mapping[str, Yaml]) -> None:
    path = join(root, "yarn.lock")
    there = g.need_if_there(path, "the lockfile", required=True)
    options, environment = request.match.options, request.environment
    if request.match.subcommand[:2] == ("workspaces", "focus"):
        return  # it never writes the lockfile
    immutable = any(o in options for o in ("--immutable", "--frozen-lockfile", "--immutable-cache"))
    variable = environment.get("YARN_ENABLE_IMMUTABLE_INSTALLS", "")
    setting = settings.get("enableImmutableInstalls")
    immutable = immutable or variable in ("1", "true") or setting == "true"
    if not immutable and "--no-immutable" not in options and setting is None and variable == "":
        immutable = environment.get("CI", "") in ("1", "true")
    if not there and immutable:
        if not g.linked(path):
            said = "yarn install --immutable fails without yarn.lock, which is not in the build context"
            g.refuse(ABSENT, said, path)
    elif there and not immutable:
        text = g.text(path) or ""
        if "__metadata:" not in text:
            g.refuse(EDITS_MANIFEST, "yarn.lock is that of Yarn 1, which later ones write anew", path)
        g.unsafe("yarn install may rewrite yarn.lock, and the later COPY puts it back: it is not run with --immutable")
    if not immutable:
        g.writes(path)

