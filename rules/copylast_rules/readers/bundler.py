"""What Bundler and RubyGems read before they install gems.

Sources: https://bundler.io/man/bundle-install.1.html, https://bundler.io/man/bundle-config.1.html; runs
bundler/path-missing, bundler/gemspec-missing, bundler/vendor-cache-missing and bundler/plugin-and-config of the
evidence table.
"""

from __future__ import annotations

import re

from copylast import Closure, InstallRequest, lazy_regex
from copylast_rules.readers.gathering import ABSENT, SURROUNDINGS, Gathering, gather
from copylast_rules.readers.gem_lock import out_of_sync, parse_lock
from copylast_rules.readers.gemfile import Gemfile
from copylast_rules.readers.gemspecs import need_gemspecs
from copylast_rules.readers.places import join, name, parent

_SETTING = lazy_regex(r"^BUNDLE_([A-Z_]+): *\"?([^\"\n]*)\"?", re.M)


def read(request: InstallRequest) -> Closure:
    """The closure of ``bundle install`` and ``gem install FILE`` in the request's directory."""
    return gather(request, _read)


def _read(request: InstallRequest, g: Gathering) -> None:
    match = request.match
    if match.kind != "deps":
        return
    if match.program == "gem":
        _gem(request, g)
        return
    path = _gemfile(request, g)
    if path is None:
        return
    gemfile = Gemfile(g)
    gemfile.read(path, "the Gemfile")
    base = parent(path)
    lock_path = join(base, "gems.locked") if name(path) == "gems.rb" else f"{path}.lock"
    locked = g.need_if_there(lock_path, "the lock", required=True)
    for file in (".ruby-version", ".tool-versions"):
        g.need_if_there(join(base, file), "it chooses the version of Ruby")
    settings = _settings(g, base)
    if g.kind(join(base, "vendor/cache")) == "dir":
        g.need(join(base, "vendor/cache"), "gems that were put into the project", "dir")
    if locked:
        lock = parse_lock(g.text(lock_path) or "")
        for place in lock.paths:
            need_gemspecs(g, join(base, place), f"PATH in {name(lock_path)}")
        reason = out_of_sync(lock, gemfile.gems) if gemfile.complete else "a gem is named by a value"
        if reason and not _frozen(request):
            g.unsafe(f"{name(lock_path)} may be written, and the later COPY puts back what was there: {reason}")
            g.writes(lock_path)
    _writes(request, g, base, settings)


def _gem(request: InstallRequest, g: Gathering) -> None:
    match = request.match
    for word in match.positional:
        g.need_file(join(request.cwd, word), "named on the command line")
    for option in ("-g", "--file"):
        for value in match.options.get(option, ()):
            Gemfile(g).read(join(request.cwd, value or "Gemfile"), option)


def _gemfile(request: InstallRequest, g: Gathering) -> str | None:
    given = [*request.match.options.get("--gemfile", ()), request.environment.get("BUNDLE_GEMFILE", "")]
    chosen = given[0]
    if chosen is None or "$" in chosen:
        g.refuse(SURROUNDINGS, "which Gemfile is used is not known")
        return None
    if chosen:
        return join(request.cwd, chosen)
    for file in ("Gemfile", "gems.rb"):
        path = g.above(request.cwd, file)
        if path is not None:
            return path
    g.idle = "no Gemfile"
    g.refuse(ABSENT, "no Gemfile in this directory or above", join(request.cwd, "Gemfile"))
    return None


def _settings(g: Gathering, base: str) -> dict[str, str]:
    """Bundler's settings in the project."""
    path = join(base, ".bundle/config")
    if not g.need_if_there(path, "settings of Bundler"):
        return {}
    return dict(_SETTING.findall(g.text(path) or ""))


def _frozen(request: InstallRequest) -> bool:
    return "--frozen" in request.match.options or _on(request, "BUNDLE_FROZEN") or _deployment(request)


def _deployment(request: InstallRequest) -> bool:
    return "--deployment" in request.match.options or _on(request, "BUNDLE_DEPLOYMENT")


def _on(request: InstallRequest, variable: str) -> bool:
    return (request.environment.get(variable) or "").lower() in ("1", "true")


def _writes(request: InstallRequest, g: Gathering, base: str, settings: dict[str, str]) -> None:
    own = join(base, "vendor/bundle")
    if g.kind(own) == "dir" or (_deployment(request) and not request.environment.get("BUNDLE_PATH", "")):
        g.writes(own)
    if request.match.subcommand[:1] in (("package",), ("cache",)):
        g.writes(join(base, "vendor/cache"))
    given = request.match.options.get("--path", ())
    for place in (*given, request.environment.get("BUNDLE_PATH", ""), settings.get("PATH")):
        if place and "$" not in place:
            g.output("the path of gems", place)
