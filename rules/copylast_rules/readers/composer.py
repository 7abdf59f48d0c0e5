"""What Composer reads before it installs packages, scripts and autoloader left aside.

Sources: https://getcomposer.org/doc/05-repositories.md#path, .../04-schema.md, .../06-config.md,
.../articles/scripts.md, .../articles/plugins.md and the readmes of cweagans/composer-patches,
wikimedia/composer-merge-plugin, composer/installers and symfony/flex; runs composer/path-repo-missing,
composer/path-repo-manifest-only, composer/path-repo-mirror-manifest-only and composer/split of the evidence table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from copylast import Closure, InstallRequest, lazy_regex
from copylast_rules.readers.gathering import ABSENT, LOCAL, PROJECT, SCRIPTS, SURROUNDINGS, Gathering, gather
from copylast_rules.readers.globs import paths_of_glob
from copylast_rules.readers.node_manifests import Json, as_list, as_table, json_of
from copylast_rules.readers.places import join, parent, shown
from copylast_rules.readers.toml_files import table, text_in

_PLATFORM = lazy_regex(r"php(-.*)?$|hhvm$|ext-|lib-|composer(-.*)?$", re.I)
_REPLAYED = ("pre-install-cmd", "post-install-cmd", "pre-autoload-dump", "post-autoload-dump", "pre-command-run")
_NOT_REPLAYED = (
    "pre-operations-exec", "pre-package-install", "post-package-install", "pre-pool-create", "pre-file-download",
    "post-file-download",
)  # fmt: skip
_QUIET_PLUGINS = frozenset(
    "composer/installers composer/package-versions-deprecated cakephp/plugin-installer cweagans/composer-patches"
    " dealerdirect/phpcodesniffer-composer-installer ergebnis/composer-normalize infection/extension-installer"
    " kylekatarnls/update-helper ocramius/package-versions oomphinc/composer-installers-extender"
    " pestphp/pest-plugin php-http/discovery phpstan/extension-installer roots/wordpress-core-installer"
    " rector/extension-installer symfony/runtime symfony/thanks tbachert/spi wikimedia/composer-merge-plugin".split()
)
"""Plugins that read nothing of the project while packages are installed, but for what composer.json says."""


def read(request: InstallRequest) -> Closure:
    """The closure of ``composer install`` in the request's directory."""
    return gather(request, _read)


def _read(request: InstallRequest, g: Gathering) -> None:
    if request.match.kind not in ("deps", "deps+project"):
        g.refuse(PROJECT, f"composer {' '.join(request.match.subcommand)} needs the source")
        return
    name = request.environment.get("COMPOSER", "composer.json")
    if not name or "$" in name:
        g.refuse(SURROUNDINGS, "the value of COMPOSER is not known")
        return
    path = join(request.cwd, name)
    if not g.is_file(path):
        g.idle = "no composer.json"
        g.refuse(ABSENT, f"no {name} in this directory", path)
        return
    g.need(path, "the manifest")
    data = json_of(g, path)
    if data is None:
        return
    lock_path = path.removesuffix(".json") + ".lock"
    lock = json_of(g, lock_path) or {} if g.need_if_there(lock_path, "the lock", required=True) else None
    for extra in ("auth.json", "symfony.lock"):
        g.need_if_there(join(request.cwd, extra), "Composer and its plugins look for it")
    without_dev = "--no-dev" in request.match.options
    if not _packages(data, without_dev):
        g.idle = "no dependencies"
    _repositories(request, g, path, data)
    _locked_paths(g, path, lock or {}, without_dev)
    _extra(g, path, table(data, "extra"))
    _scripts(request, g, path, data)
    _plugins(request, g, data, lock, without_dev)
    _writes(request, g, data)


def _packages(data: Json, without_dev: bool) -> list[str]:
    required = [*table(data, "require"), *(() if without_dev else table(data, "require-dev"))]
    return [package for package in required if not _PLATFORM.match(package)]


def _repositories(request: InstallRequest, g: Gathering, manifest: str, data: Json) -> None:
    """Packages from the project's own directories."""
    declared = data.get("repositories")
    everywhere = _true(request.environment.get("COMPOSER_MIRROR_PATH_REPOS", ""))
    for one in map(as_table, as_list(declared) or list(as_table(declared).values())):
        kind, url = one.get("type"), text_in(one, "url") or ""
        if kind == "path":
            whole = everywhere or table(one, "options").get("symlink") is False
            for place in paths_of_glob(g, parent(manifest), url):
                _package(g, place, whole, f"a path repository of {shown(manifest, g.cwd)}")
        elif kind == "artifact":
            g.need(join(parent(manifest), url), f"a repository of {shown(manifest, g.cwd)}", "dir")
        elif kind == "package":
            packages = one.get("package")
            for package in map(as_table, as_list(packages) or [packages]):
                for way in ("dist", "source"):
                    _remote(g, manifest, text_in(table(package, way), "url"))
        else:
            _remote(g, manifest, url)


def _remote(g: Gathering, manifest: str, url: str | None) -> None:
    if url and not re.match(r"(https?|ssh|git)://|[\w.-]+@[\w.-]+:|[\w-]+(\.[\w-]+)+(/|$)", url):
        g.refuse(LOCAL, f"{shown(manifest, g.cwd)} takes packages from {url}", manifest)


def _package(g: Gathering, place: str, whole: bool, why: str) -> None:
    """A package in a directory: linked, so that its manifest is enough, or copied as a whole."""
    if g.kind(place) == "dir" and not g.is_file(f"{place}/composer.json"):
        return
    if g.need_file(f"{place}/composer.json", why) and whole:
        g.need(place, f"{why}, copied into vendor", "dir")


def _locked_paths(g: Gathering, manifest: str, lock: Json, without_dev: bool) -> None:
    for package in _locked(lock, without_dev):
        dist = table(package, "dist")
        if dist.get("type") == "path":
            whole = table(package, "transport-options").get("symlink") is False
            _package(g, join(parent(manifest), text_in(dist, "url") or ""), whole, "a path in the lock")


def _locked(lock: Json, without_dev: bool) -> Iterator[Json]:
    for key in ("packages", *(() if without_dev else ("packages-dev",))):
        yield from map(as_table, as_list(lock.get(key)))


def _extra(g: Gathering, manifest: str, extra: Json) -> None:
    """Files that plugins take in while packages are installed."""
    base, why = parent(manifest), f"extra in {shown(manifest, g.cwd)}"
    patches = [extra.get("patches")]
    file = text_in(extra, "patches-file") or text_in(table(extra, "composer-patches"), "patches-file")
    if file and g.need_file(join(base, file), why):
        patches.append((json_of(g, join(base, file)) or {}).get("patches"))
    for patch in _leaves(patches):
        if "://" not in patch and patch.endswith((".patch", ".diff")):
            g.need_file(join(base, patch), why)
    merge = table(extra, "merge-plugin")
    for key in ("include", "require"):
        for pattern in _leaves(merge.get(key)):
            for path in paths_of_glob(g, base, pattern):
                if g.need_file(path, why):
                    more = json_of(g, path) or {}
                    if "repositories" in more or "extra" in more:
                        g.refuse(LOCAL, f"{shown(path, g.cwd)} brings settings of its own into composer.json", path)


def _leaves(value: object) -> Iterator[str]:
    todo = [value]
    while todo:
        one = todo.pop()
        if isinstance(one, str):
            yield one
        todo += [*as_list(one), *as_table(one).values()]


def _scripts(request: InstallRequest, g: Gathering, manifest: str, data: Json) -> None:
    """Scripts do not run in the early step; the command after the source runs most of them, not all."""
    if request.instead_of is None or "--no-scripts" in request.instead_of.options:
        return
    scripts = table(data, "scripts")
    lost = [event for event in _NOT_REPLAYED if event in scripts]
    if lost:
        g.refuse(SCRIPTS, f"the {lost[0]} script of {shown(manifest, g.cwd)} runs only while packages are installed")
    late = [event for event in _REPLAYED if event in scripts]
    if late:
        g.unsafe(f"the {late[0]} script of {shown(manifest, g.cwd)} runs in the second of two installs")


def _plugins(request: InstallRequest, g: Gathering, data: Json, lock: Json | None, without_dev: bool) -> None:
    if "--no-plugins" in request.match.options:
        return
    allowed = table(data, "config").get("allow-plugins")
    if lock is not None:
        plugins = [
            text_in(p, "name") or "" for p in _locked(lock, without_dev) if p.get("type") in ("composer-plugin",)
        ]
    elif as_table(allowed):
        plugins = [name for name, value in as_table(allowed).items() if value is True]
    else:
        plugins = ["any plugin"] if allowed is True else []
    for plugin in sorted(plugins):
        if as_table(allowed).get(plugin) is False:
            continue
        if plugin == "symfony/flex":
            if not g.is_file(join(request.cwd, "symfony.lock")):
                g.unsafe("symfony/flex changes files of the project where there is no symfony.lock")
        elif plugin not in _QUIET_PLUGINS:
            g.unsafe(f"{plugin} runs while packages are installed, and may read the project")


def _writes(request: InstallRequest, g: Gathering, data: Json) -> None:
    config = table(data, "config")
    vendor = request.environment.get("COMPOSER_VENDOR_DIR") or text_in(config, "vendor-dir") or "vendor"
    for place in (vendor, text_in(config, "bin-dir")):
        if place and "$" not in place:
            g.output("vendor-dir", place)
        elif place:
            g.refuse(SURROUNDINGS, f"where {place} is cannot be said")
    for place in table(data, "extra", "installer-paths"):
        g.output("installer-paths", place.split("{", 1)[0].rstrip("/") or ".")


def _true(value: str | None) -> bool:
    return value is None or value.lower() not in ("", "0", "false")
