"""What Leiningen reads before it fetches dependencies: project.clj and profiles.clj, which are programs.

Sources: https://codeberg.org/leiningen/leiningen/src/branch/main/sample.project.clj and .../doc/TUTORIAL.md; run
lein/project-slurp-missing-file of the evidence table.
"""

from __future__ import annotations

import re

from copylast import Closure, InstallRequest, lazy_regex
from copylast_rules.readers.edn import EdnError, Form, parse_edn
from copylast_rules.readers.gathering import ABSENT, LOCAL, SCRIPTS, Gathering, gather
from copylast_rules.readers.places import join, name, within

_READS = lazy_regex(r"slurp|read-string|load-file|with-open|clojure\.java|\bsh\b|file-seq|java\.io")
_ELSEWHERE = lazy_regex(r"lein-(parent|modules|sub$|monolith|tools-deps|v$)|configleaf|git|version")
_QUIET = lazy_regex(
    r"(.*/)?lein-(ring|cljsbuild|figwheel|ancient|cloverage|uberwar|environ|eftest|kibit|bikeshed|pprint|cljfmt|codox|sass|less|garden"
    r"|midje|junit|try|doo|auto|autoexpect|test-refresh|zprint|exec|kaocha|nvd|jlink|eastwood|marginalia|asset-minifier)"
)


def read(request: InstallRequest) -> Closure:
    """The closure of ``lein deps`` for any command of Leiningen."""
    return gather(request, _read)


def _read(request: InstallRequest, g: Gathering) -> None:
    if request.match.kind in ("noop", "tool"):
        return
    project = join(request.cwd, "project.clj")
    if not g.need_file(project, "the project"):
        g.idle = "no project"
        return
    _script(g, project)
    profiles = join(request.cwd, "profiles.clj")
    if g.need_if_there(profiles, "profiles of the project", required=True):
        _script(g, profiles)
    checkouts = join(request.cwd, "checkouts")
    if g.kind(checkouts) == "dir":
        g.need(checkouts, "projects that are used in place of their releases", "dir")
    g.writes(join(request.cwd, "target"))


def _script(g: Gathering, path: str) -> None:
    text = g.text(path)
    if text is None:
        return
    try:
        forms = parse_edn(text)
    except EdnError as e:
        g.refuse(LOCAL, f"{name(path)}:{e.line} cannot be read: {e}", path, e.line)
        return
    for form in forms:
        first = form.items[0].text if form.items else ""
        if form.kind == "(" and first not in ("defproject", "comment"):
            g.refuse(SCRIPTS, f"{name(path)}:{form.line} runs code ({first})", path, form.line)
        for inner in form.walk():
            _look(g, inner, path)


def _look(g: Gathering, form: Form, path: str) -> None:
    """One form: code that may read files, plugins, and local repositories."""
    if form.code or (form.kind == "atom" and _READS.search(form.text)):
        said = form.code or form.text
        g.refuse(SCRIPTS, f"{name(path)}:{form.line} runs code ({said})", path, form.line)
    if form.kind == "text" and form.text.startswith("file:"):
        _repository(g, form, path)
    if form.kind not in ("(", "{"):
        return
    pairs = list(form.pairs()) + list(zip(form.items[1::2], form.items[2::2], strict=False))
    for key, value in pairs:
        if key.text == ":plugins":
            _plugins(g, value, path)
        elif key.text in (":local-repo", ":target-path") and value.kind == "text":
            g.writes(join(g.cwd, value.text))
        elif key.text in (":parent-project", ":modules", ":monolith"):
            g.refuse(LOCAL, f"{name(path)}:{key.line} refers to other projects ({key.text})", path, key.line)


def _plugins(g: Gathering, value: Form, path: str) -> None:
    for plugin in value.items:
        called = plugin.items[0].text if plugin.items else ""
        if _ELSEWHERE.search(called):
            g.refuse(SCRIPTS, f"the plugin {called} may read more than {name(path)}", path, plugin.line)
        elif called and not _QUIET.fullmatch(called):
            g.unsafe(f"the plugin {called} may read more than {name(path)}")


def _repository(g: Gathering, form: Form, path: str) -> None:
    directory = join(g.cwd, re.sub(r"^file:(//)?", "", form.text))
    where = f"repository in {name(path)}:{form.line}"
    if g.kind(directory) == "dir" and not within(g.cwd, directory):
        g.need(directory, where, "dir")
    else:
        g.refuse(ABSENT, f"{directory} is not in the build context ({where})", path, form.line)
