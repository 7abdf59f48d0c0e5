"""What Maven reads before it resolves dependencies: poms, ``.mvn``, settings and the wrapper.

Sources: https://maven.apache.org/configure.html, https://maven.apache.org/tools/wrapper/,
https://maven.apache.org/plugins/maven-dependency-plugin/go-offline-mojo.html; runs maven/* of the evidence table.
"""

from __future__ import annotations

import re
import shlex

from copylast import Closure, InstallRequest, lazy_regex
from copylast_rules.readers.gathering import ABSENT, LOCAL, PROJECT, SCRIPTS, SETTINGS, Gathering, gather
from copylast_rules.readers.maven_poms import Poms
from copylast_rules.readers.places import join, name, parent, upward
from copylast_rules.readers.xml_files import xml_of

_SETTINGS = ("-s", "--settings", "-gs", "--global-settings", "-t", "--toolchains")
_QUIET_EXTENSIONS = lazy_regex(
    r"wagon|develocity|gradle-enterprise|common-custom-user-data|maven-build-cache|os-maven-plugin|smart-builder|resolver"
    r"|takari-lifecycle|maven-notifier|profiler|mvn-opentelemetry|opentelemetry"
)
"""Core extensions that carry or watch, but do not change what a pom says."""


def read(request: InstallRequest) -> Closure:
    """The closure of ``dependency:go-offline`` for any Maven command."""
    return gather(request, _read)


def _read(request: InstallRequest, g: Gathering) -> None:
    match = request.match
    if match.kind in ("noop", "tool"):
        return
    pom = _pom(request, g)
    if pom is None:
        return
    if match.program.startswith("mvnw"):
        _wrapper(request, g)
    root = _dot_mvn(request, g, parent(pom))
    for option in _SETTINGS:
        for value in match.options.get(option, ()):
            _settings_file(g, option, value, request.cwd)
    alone = any(option in match.options for option in ("-N", "--non-recursive"))
    poms = Poms(g, root, recursive=not alone)
    poms.read(pom)
    siblings = poms.siblings()
    if request.instead_of is not None and siblings:
        g.refuse(
            PROJECT,
            f"the module {siblings[0][1]} is a dependency of another one and cannot be resolved before it is built;"
            " a cache mount on /root/.m2 keeps the downloads",
        )
    _results(request, g, parent(pom))


def _pom(request: InstallRequest, g: Gathering) -> str | None:
    """The pom that the command works on; None after a refusal."""
    given = [v for option in ("-f", "--file") for v in request.match.options.get(option, ())]
    if any("$" in value for value in given):
        g.refuse(LOCAL, "which pom the command works on cannot be known")
        return None
    path = join(request.cwd, given[-1]) if given else join(request.cwd, "pom.xml")
    if g.kind(path) == "dir":
        path = join(path, "pom.xml")
    if not g.need_file(path, "the project"):
        g.idle = "no project"
        return None
    return path


def _wrapper(request: InstallRequest, g: Gathering) -> None:
    """The script and its settings; what else lies in ``.mvn`` comes with that directory."""
    script = join(request.cwd, request.match.called or "mvnw")
    if not g.need_file(script, "the wrapper"):
        return
    settings = join(parent(script), ".mvn/wrapper/maven-wrapper.properties")
    if g.need_file(settings, "settings of the wrapper"):
        g.need(join(parent(script), ".mvn"), "the wrapper reads it", "dir")


def _dot_mvn(request: InstallRequest, g: Gathering, directory: str) -> str:
    """Takes the ``.mvn`` of the project along; gives the directory that Maven takes for the root."""
    for step in upward(directory):
        dot = join(step, ".mvn")
        if g.kind(dot) == "dir":
            g.need(dot, "settings of Maven", "dir")
            _extensions(g, join(dot, "extensions.xml"))
            _configured(g, join(dot, "maven.config"), request.cwd)
            return step
    return directory


def _extensions(g: Gathering, path: str) -> None:
    root = xml_of(g, path, SETTINGS) if g.is_file(path) else None
    for extension in root.all("extension") if root is not None else ():
        artifact = extension.said("artifactId")
        if not _QUIET_EXTENSIONS.search(artifact):
            g.refuse(SCRIPTS, f"the extension {artifact} may read more than the poms", path, extension.line)


def _configured(g: Gathering, path: str, cwd: str) -> None:
    """Options in ``.mvn/maven.config``."""
    if not g.is_file(path):
        return
    try:
        words = shlex.split(g.text(path, SETTINGS) or "", comments=True)
    except ValueError:
        g.refuse(SETTINGS, "maven.config cannot be read", path)
        return
    for option, value in zip(words, [*words[1:], ""], strict=True):
        if option in _SETTINGS:
            _settings_file(g, option, value, cwd)
        elif option.split("=")[0] in ("-f", "--file"):
            g.refuse(SETTINGS, "maven.config names another pom", path)


def _settings_file(g: Gathering, option: str, value: str, cwd: str) -> None:
    """A file that an option names; an absolute one may be the base image's."""
    if "$" in value:
        g.refuse(SETTINGS, f"{option} names a file by a variable")
        return
    path = join(cwd, value)
    if value.startswith("/") and g.kind(path) is None:
        return
    if g.need_file(path, option) and re.search(r"<url>\s*file:", g.text(path, SETTINGS) or ""):
        g.refuse(SETTINGS, f"{name(path)} names a local repository", path)


def _results(request: InstallRequest, g: Gathering, directory: str) -> None:
    """What the command writes into the project's tree."""
    match = request.match
    if "dependency:copy-dependencies" in match.positional:
        given = [v for v in match.options.get("-DoutputDirectory", ()) if v]
        if any("$" in value for value in given):
            g.refuse(LOCAL, "where the dependencies are copied to cannot be known")
        g.writes(join(directory, given[-1] if given else "target"))
    for value in match.options.get("-Dmaven.repo.local", ()):
        if value and "$" not in value:
            g.writes(join(request.cwd, value))
        elif "$" in value:
            g.refuse(ABSENT, "where the local repository is cannot be known")
