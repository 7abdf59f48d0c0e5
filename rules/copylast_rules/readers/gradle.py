"""What Gradle reads before it resolves: the wrapper, the settings, and what the scripts of the build name.

Sources: https://docs.gradle.org/current/userguide/gradle_wrapper.html and .../settings_file_basics.html; runs
gradle/wrapper-jar-missing, gradle/gradle-properties-missing of the evidence table.
"""

from __future__ import annotations

import re

from copylast import Closure, InstallRequest
from copylast_rules.readers.gathering import ABSENT, LOCAL, SETTINGS, Gathering, gather
from copylast_rules.readers.gradle_build import BUILDS, Build
from copylast_rules.readers.places import join, name, parent, upward

_SETTINGS = ("settings.gradle", "settings.gradle.kts")


def read(request: InstallRequest) -> Closure:
    """The closure of a Gradle command that only resolves; for ``--version`` that of the wrapper."""
    return gather(request, _read)


def _read(request: InstallRequest, g: Gathering) -> None:
    match = request.match
    if match.kind in ("noop", "tool"):
        return
    # The directory option is applied to cwd, but the wrapper is called from where the command stands.
    start = request.cwd
    settings = _settings(g, start)
    root = parent(settings) if settings is not None else start
    if match.program.startswith("gradlew"):
        _wrapper(request, g, root)
    if match.ecosystem.id == "gradle-wrapper":
        g.need_if_there(join(root, "gradle.properties"), "settings of Gradle", required=True)
        return
    builds = [f for f in BUILDS if g.is_file(join(start, f))]
    if settings is None and not builds:
        g.idle = "no project"
        g.refuse(ABSENT, "no settings.gradle or build.gradle in this directory", start)
        return
    for option in ("-I", "--init-script", "-c", "--settings-file", "-b", "--build-file"):
        for value in match.options.get(option, ()):
            if "$" in value:
                g.refuse(LOCAL, f"{option} names a file by a variable")
            elif g.need_file(join(start, value), option) and option not in ("-I", "--init-script"):
                g.refuse(SETTINGS, f"{option} names another script than the usual one")
    Build(g, root).read(settings, start)


def _settings(g: Gathering, directory: str) -> str | None:
    """The settings file of a directory: its own, or the nearest above."""
    for step in upward(directory):
        for file in _SETTINGS:
            if g.is_file(join(step, file)):
                return join(step, file)
    return None


def _wrapper(request: InstallRequest, g: Gathering, root: str) -> None:
    """The script, the jar and the settings that it starts with."""
    called = request.match.called or "gradlew"
    directories = [directory for directory in upward(request.cwd) if g.is_file(join(directory, name(called)))]
    script = join(request.cwd, called)
    if not g.is_file(script) and directories:
        script = join(directories[0], name(called))
    if not g.need_file(script, "the wrapper"):
        return
    folder = join(parent(script), "gradle/wrapper")
    settings = join(folder, "gradle-wrapper.properties")
    if g.need_file(settings, "settings of the wrapper"):
        text = g.text(settings, SETTINGS) or ""
        if not re.search(r"(?m)^\s*distributionUrl\s*=\s*https?\\?:", text):
            g.refuse(SETTINGS, "the wrapper does not download Gradle from a URL", settings)
    g.need_file(join(folder, "gradle-wrapper.jar"), "the wrapper starts it")
