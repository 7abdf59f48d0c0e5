"""The scripts of a Gradle build, as far as literals go: projects, included builds, files that are named.

Scripts are programs, so that a closure is never certain: what is not a plain literal refuses, and a plugin that is not
known to keep to its own makes a fix unsafe. Sources: https://docs.gradle.org/current/userguide/version_catalogs.html,
.../dependency_locking.html, .../upgrading_major_version_9.html (directories of included projects); runs
gradle/settings-include-missing-dir, gradle/buildSrc-missing, gradle/apply-from-missing of the evidence table.
"""

from __future__ import annotations

from collections.abc import Callable

from copylast import lazy_regex
from copylast_rules.readers.gathering import ABSENT, LOCAL, MEMBERS, PROJECT, SCRIPTS, Gathering
from copylast_rules.readers.gradle_scripts import Call, ScriptError, Token, calls, literals, tokens
from copylast_rules.readers.places import join, name, shown, within

BUILDS = ("build.gradle", "build.gradle.kts")
_BESIDE = ("gradle.properties", "gradle.lockfile", "buildscript-gradle.lockfile", "settings-gradle.lockfile")

_INCLUDES = frozenset({"include", "includeBuild", "includeFlat"})
_FILES = frozenset("file files fileTree File flatDir dirs from uri resolve readText readLines Paths url".split())
_RUNS = frozenset({"execute", "exec", "ProcessBuilder", "Runtime", "javaexec"})
_WALKS = frozenset(
    "eachDir eachFile eachFileRecurse eachDirRecurse listFiles walk walkTopDown newDirectoryStream".split()
)
_RENAMES = frozenset({"buildFileName", "projectDir"})
_VERSIONS = lazy_regex(r"git|nebula|axion|reckon|release|semver|nyx|jgit|scm|version")
_KNOWN_PLUGIN = lazy_regex(
    r"java(-library|-platform|-gradle-plugin|-test-fixtures)?|application|war|ear|groovy|scala|base|idea|eclipse|distribution"
    r"|maven-publish|jacoco|checkstyle|pmd|signing|kotlin(-.*)?|jvm|plugin\.\w+|org\.jetbrains\.kotlin(\..*)?|org\.springframework\.boot"
    r"|io\.spring\.dependency-management|com\.(github\.johnrengelman|gradleup)\.shadow|com\.google\.cloud\.tools\.jib|io\.ktor\.plugin"
    r"|io\.quarkus|io\.micronaut\.[\w.]+|com\.google\.protobuf|com\.diffplug\.spotless|io\.freefair\.lombok|org\.sonarqube"
    r"|org\.graalvm\.buildtools\.native|com\.github\.ben-manes\.versions|io\.vertx\.vertx-plugin"
    r"|org\.gradle\.toolchains\.foojay-resolver(-convention)?"
)
_ROOT_DIR = lazy_regex(r"\$\{?(?:rootDir|settingsDir|rootProject\.(?:projectDir|rootDir)(?:\.path)?)\}?")
_OWN_DIR = lazy_regex(r"\$\{?(?:projectDir|project\.projectDir)\}?")


class Build:
    """One build: settings, projects, and the scripts that were read."""

    def __init__(self, g: Gathering, root: str) -> None:
        self.g = g
        self.root = root
        self._scripts: set[str] = set()

    def read(self, settings: str | None, start: str) -> None:
        """All scripts of the build."""
        projects = {self.root: None, start: None}
        if settings is not None:
            self.g.need(settings, "settings of the build")
            projects.update(dict.fromkeys(self._included(settings)))
        if self.g.kind(join(self.root, "gradle")) == "dir":
            self.g.need(join(self.root, "gradle"), "catalogs, scripts and the wrapper", "dir")
        if self.g.kind(join(self.root, "buildSrc")) == "dir":
            self.g.need(join(self.root, "buildSrc"), "it is compiled first", "dir")
            self.g.unsafe("what the code in buildSrc reads is not followed")
            self.g.writes(join(self.root, "buildSrc/build"))
            self.g.writes(join(self.root, "buildSrc/.gradle"))
        empty = [project for project in projects if not self._project(project)]
        for directory in empty:
            # Gradle 9 wants the directory of each project to be there.
            if self.g.kind(directory) == "dir" and not self.g.needs_below(directory):
                self.g.need(directory, "a project of the build without a script", "stub")
        self.g.writes(join(self.root, ".gradle"))

    def _project(self, directory: str) -> bool:
        """The scripts and settings of a project; has it a script?"""
        for file in _BESIDE:
            self.g.need_if_there(join(directory, file), "settings beside the script", required=True)
        builds = [join(directory, file) for file in BUILDS if self.g.is_file(join(directory, file))]
        for build in builds:
            self.g.need(build, "a project of the build")
            self._script(build, directory)
        return bool(builds) or directory == self.root

    def _tokens(self, path: str) -> list[Token]:
        text = self.g.text(path)
        if text is None:
            return []
        try:
            return tokens(text)
        except ScriptError as e:
            self.g.refuse(LOCAL, f"{self._shown(path)}:{e.line} cannot be read: {e}", path, e.line)
            return []

    def _included(self, settings: str) -> list[str]:
        """Directories of the projects that the settings name."""
        found: dict[str, str] = {}
        text = self._tokens(settings)
        for call in calls(text, _INCLUDES):
            names = literals(call)
            where = f"{self._shown(settings)}:{call.line}"
            if names is None or call.name == "includeFlat":
                self.g.refuse(MEMBERS, f"{where} does not name projects by plain text", settings, call.line)
            elif call.name == "includeBuild":
                for directory in names:
                    self._composite(join(self.root, directory), where, settings, call.line)
            else:
                for project in names:
                    parts = [part for part in project.split(":") if part]
                    for depth in range(1, len(parts) + 1):
                        path = ":".join(parts[:depth])
                        found.setdefault(path, join(self.root, "/".join(parts[:depth])))
        self._placed(text, settings, found)
        self._script(settings, self.root)
        return list(found.values())

    def _placed(self, text: list[Token], settings: str, found: dict[str, str]) -> None:
        """``project(":a").projectDir = file("x")``."""
        for i, token in enumerate(text):
            if token.kind != "word" or token.text not in _RENAMES:
                continue
            after = text[i + 1 : i + 12]
            if not after or after[0].text != "=":
                continue
            before = [t for t in text[max(0, i - 6) : i] if t.kind != "line"]
            project = next((t.text for t in reversed(before) if t.kind == "text"), None)
            value = next((t for t in after[1:] if t.kind in ("text", "mixed", "line")), None)
            path = self._path(value, self.root) if value is not None else None
            key = (project or "").strip(":")
            if token.text != "projectDir" or path is None or key not in found:
                where = f"{self._shown(settings)}:{token.line}"
                self.g.refuse(MEMBERS, f"{where} says in its own way where a project lies", settings, token.line)
            else:
                found[key] = path

    def _composite(self, directory: str, where: str, settings: str, line: int) -> None:
        """Another build that takes part: all of it."""
        if within(self.root, directory):
            self.g.refuse(PROJECT, f"{where} includes the project itself", settings, line)
        elif self.g.kind(directory) == "dir":
            self.g.need(directory, f"includeBuild in {where}", "dir")
            self.g.unsafe(f"what the code in {name(directory)} reads is not followed")
        elif not self.g.linked(directory):
            self.g.refuse(ABSENT, f"{directory} is not in the build context ({where})", settings, line)

    def _script(self, path: str, directory: str) -> None:
        """A script: what it applies, which files it names, and what nobody can follow."""
        if path in self._scripts:
            return
        self._scripts.add(path)
        found = self._tokens(path)
        checks: tuple[tuple[frozenset[str], Callable[[Call, str, str], None]], ...] = (
            (_RUNS, self._runs),
            (_WALKS, self._walks),
            (frozenset({"apply"}), self._applies),
            (_FILES, self._files),
            (frozenset({"id", "plugin", "alias"}), self._plugin),
        )
        for names, check in checks:
            for call in calls(found, names):
                check(call, path, directory)
        if path.endswith(BUILDS):
            self._renamed(found, path)

    def _renamed(self, found: list[Token], path: str) -> None:
        for call in calls(found, frozenset({"evaluationDependsOn"})):
            if literals(call) is None:
                self.g.refuse(LOCAL, f"{self._shown(path)}:{call.line} names a project by a variable", path, call.line)

    def _runs(self, call: Call, path: str, directory: str) -> None:
        del directory
        self.g.refuse(SCRIPTS, f"{self._shown(path)}:{call.line} runs a program", path, call.line)

    def _walks(self, call: Call, path: str, directory: str) -> None:
        del directory
        self.g.refuse(MEMBERS, f"{self._shown(path)}:{call.line} looks through directories", path, call.line)

    def _applies(self, call: Call, path: str, directory: str) -> None:
        """``apply from:`` with a name that is no literal."""
        if not any(t.text == "from" for t in call.arguments):
            return
        texts = [t for t in call.arguments if t.kind in ("text", "mixed")]
        if not texts or any("://" not in t.text and self._path(t, directory) is None for t in texts):
            where = f"{self._shown(path)}:{call.line}"
            self.g.refuse(LOCAL, f"{where} names a file by a variable", path, call.line)

    def _plugin(self, call: Call, path: str, directory: str) -> None:
        del directory
        texts = [t.text for t in call.arguments if t.kind in ("text", "mixed")]
        if not texts:
            if call.name == "alias":
                self.g.unsafe("which plugins the version catalog names is not followed")
            return
        if call.name == "id" and _VERSIONS.search(texts[0]) and not _KNOWN_PLUGIN.fullmatch(texts[0]):
            self.g.refuse(SCRIPTS, f"the plugin {texts[0]} may read the repository", path, call.line)
        elif not _KNOWN_PLUGIN.fullmatch(texts[0]):
            self.g.unsafe(f"the plugin {texts[0]} may read more than the scripts")

    def _files(self, call: Call, path: str, directory: str) -> None:
        """Files that a script names. ``url`` and ``uri`` count only where they are no address."""
        texts = [t for t in call.arguments if t.kind in ("text", "mixed")]
        where = f"{self._shown(path)}:{call.line}"
        if not texts and call.name in ("File", "fileTree", "readText", "readLines", "Paths"):
            if call.name in ("readText", "readLines") and len(call.arguments) <= 2:
                return  # The file itself is named by another call.
            self.g.refuse(LOCAL, f"{where} names a file by a variable", path, call.line)
        for text in texts:
            if "://" in text.text or (call.name in ("uri", "url", "from") and text.text.startswith(("http", "$"))):
                if not _ROOT_DIR.match(text.text):
                    continue
            found = self._path(text, directory)
            if found is None:
                self.g.refuse(LOCAL, f"{where} names a file by a variable", path, call.line)
                continue
            self._named(call, found, where, path, directory)
            if found != (rooted := self._path(text, self.root)) and rooted is not None and self.g.is_file(rooted):
                self.g.need(rooted, where, required=False)

    def _named(self, call: Call, found: str, where: str, path: str, directory: str) -> None:
        if self.g.is_file(found):
            self.g.need(found, where, required=call.name == "from")
            if found.endswith((".gradle", ".gradle.kts")):
                self._script(found, directory)
        elif self.g.kind(found) == "dir" and call.name in ("fileTree", "flatDir", "dirs", "uri", "url", "files"):
            if within(directory, found):
                self.g.refuse(LOCAL, f"{where} names the whole directory of the project", path, call.line)
            else:
                self.g.need(found, where, "dir")

    def _path(self, token: Token | None, directory: str) -> str | None:
        """The image path that a literal means, with ``$rootDir`` and ``$projectDir`` in front."""
        if token is None or token.kind not in ("text", "mixed"):
            return None
        text = token.text
        base = directory
        for pattern, place in ((_ROOT_DIR, self.root), (_OWN_DIR, directory)):
            found = pattern.match(text)
            if found is not None and token.kind == "mixed":
                base, text = place, text[found.end() :].lstrip("/")
        if "$" in text and token.kind == "mixed":
            return None
        return join(base, text.removeprefix("file:"))

    def _shown(self, path: str) -> str:
        return shown(path, self.g.cwd)
