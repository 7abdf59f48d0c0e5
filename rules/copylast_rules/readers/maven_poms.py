"""Maven's project files: parents, modules, local repositories and jars, and what refuses to be followed.

Sources: https://maven.apache.org/pom.html (inheritance, aggregation, relativePath, systemPath, activation),
https://maven.apache.org/guides/mini/guide-using-extensions.html; runs maven/modules-missing,
maven/one-module-missing-pl, maven/parent-missing, maven/systemPath-missing of the evidence table.
"""

from __future__ import annotations

import re

from copylast import lazy_regex
from copylast_rules.readers.gathering import ABSENT, LOCAL, MAX_DEPTH, SCRIPTS, Gathering
from copylast_rules.readers.places import join, name, parent, shown
from copylast_rules.readers.xml_files import Element, xml_of

_BASE = lazy_regex(r"\$\{(?:project\.|pom\.)?basedir\}")
_ROOT = lazy_regex(r"\$\{(?:maven\.multiModuleProjectDirectory|session\.(?:executionRoot|root)Directory)\}")
_OUTSIDE = lazy_regex(r"\$\{(?:java\.home|env\.\w+|user\.home|settings\.localRepository)\}")

Coordinates = tuple[str, str]
"""Group and artifact."""


class Poms:
    """The poms of one build, each read once."""

    def __init__(self, g: Gathering, root: str, *, recursive: bool) -> None:
        """``root`` is the directory that Maven takes for the root of the project; ``recursive``: modules count."""
        self.g = g
        self._recursive = recursive
        self.root = root
        self.modules: dict[Coordinates, str] = {}
        """What the build itself makes, with the pom that says so."""
        self.wanted: dict[Coordinates, str] = {}
        """What the modules depend on."""
        self._seen: dict[str, Element | None] = {}
        self._walked: set[str] = set()
        self._climbed: set[str] = set()

    def element(self, path: str) -> Element | None:
        """The root of a pom, or None after a refusal."""
        if path not in self._seen:
            self._seen[path] = xml_of(self.g, path)
        return self._seen[path]

    def read(self, path: str) -> None:
        """A pom with its parents, and its modules with theirs."""
        queue = [path]
        while queue:
            here = queue.pop()
            if here in self._walked:
                continue
            self._walked.add(here)
            root = self.element(here)
            if root is None:
                continue
            self._module(root, here)
            self._parents(here)
            for scope in _scopes(root) if self._recursive else ():
                conditional = scope is not root
                for group, item in (("modules", "module"), ("subprojects", "subproject")):
                    listed = scope.first(group)
                    for module in listed.all(item) if listed is not None else ():
                        queue += self._listed(module, here, conditional)

    def _listed(self, module: Element, file: str, conditional: bool) -> list[str]:
        """The pom of a module."""
        text = module.text.strip().replace("\\", "/")
        why = f"module in {self._shown(file)}:{module.line}"
        if not text:
            return []
        if "${" in text:
            self.g.refuse(LOCAL, f"{self._shown(file)}:{module.line} names a module by a property", file, module.line)
            return []
        path = join(parent(file), text)
        if self.g.kind(path) != "file":
            path = join(path, "pom.xml")
        # A module of a profile that is not there: the profile is not used.
        if conditional and not self.g.is_file(path):
            return []
        return [path] if self.g.need_file(path, why, module.line) else []

    def _parents(self, path: str) -> None:
        """The parents that lie in the project."""
        passed: set[str] = set()
        while len(passed) < MAX_DEPTH and path not in passed:
            if path in self._climbed:
                return  # modules share their parents
            passed.add(path)
            self._climbed.add(path)
            root = self.element(path)
            above = root.first("parent") if root is not None else None
            self._local(root, path)
            if above is None:
                return
            relative = above.first("relativePath")
            text = "../pom.xml" if relative is None else relative.text.strip().replace("\\", "/")
            if not text:
                return
            if "${" in text:
                where = f"{self._shown(path)}:{above.line}"
                self.g.refuse(LOCAL, f"{where} names its parent by a property", path, above.line)
                return
            found = join(parent(path), text)
            if self.g.kind(found) == "dir":
                found = join(found, "pom.xml")
            # A parent that is not there comes from a repository.
            if not self.g.need_if_there(found, f"parent of {self._shown(path)}", required=True):
                return
            path = found
        self.g.refuse(LOCAL, f"the parents of {self._shown(path)} do not end", path)

    def _module(self, root: Element, path: str) -> None:
        """What the module is called, and what it depends on."""
        group = root.said("groupId") or root.said("parent", "groupId")
        artifact = root.said("artifactId")
        self.modules[group, artifact] = path
        for scope in _scopes(root):
            for holder in (scope, *_plugins(scope)):
                for dependency in _all(holder, "dependencies", "dependency"):
                    wanted = dependency.said("groupId"), dependency.said("artifactId")
                    if wanted[0] in ("${project.groupId}", "${pom.groupId}", "${groupId}"):
                        wanted = group, wanted[1]
                    self.wanted.setdefault(wanted, path)

    def siblings(self) -> list[Coordinates]:
        """Modules of the build that other modules of it depend on."""
        return [c for c in self.wanted if c in self.modules and self.modules[c] != self.wanted[c]]

    def _local(self, root: Element | None, path: str) -> None:
        """Jars, repositories and files that a pom names."""
        if root is None:
            return
        for element in root.walk():
            if element.name == "systemPath":
                self._place(element, path, "systemPath", "file")
            elif element.name == "url" and element.text.strip().startswith("file:"):
                self._place(element, path, "repository", "dir")
            elif element.name in ("exists", "missing"):
                self._asked(element, path)
            elif element.name == "artifactId" and "tycho" in element.text:
                self.g.refuse(SCRIPTS, f"Tycho reads more than {self._shown(path)}", path, element.line)
                return

    def _resolved(self, text: str, path: str) -> str | None:
        text = re.sub(r"^file:(//)?", "", text.strip())
        text = _ROOT.sub(self.root, _BASE.sub(parent(path), text)).replace("\\", "/")
        if text.startswith("?/"):
            return None if "${" in text else join("?", text[2:])
        return None if "${" in text else join(parent(path), text)

    def _place(self, element: Element, path: str, what: str, kind: str) -> None:
        if _OUTSIDE.search(element.text):
            return
        where = f"{what} in {self._shown(path)}:{element.line}"
        found = self._resolved(element.text, path)
        if found is None:
            self.g.refuse(LOCAL, f"{where} is named by a property", path, element.line)
        elif self.g.kind(found) == kind:
            self.g.need(found, where, "dir" if kind == "dir" else "file")
        elif kind == "file":
            self.g.need_file(found, where, element.line)
        else:
            self.g.refuse(ABSENT, f"{found} is not in the build context ({where})", path, element.line)

    def _asked(self, element: Element, path: str) -> None:
        """A file whose presence switches a profile."""
        found = self._resolved(element.text, path)
        where = f"{self._shown(path)}:{element.line}"
        if found is None:
            self.g.refuse(LOCAL, f"{where} asks for a file by a property", path, element.line)
        elif self.g.kind(found) == "file":
            self.g.need(found, f"asked for in {where}", required=False)
        elif self.g.kind(found) == "dir":
            self.g.refuse(LOCAL, f"{where} asks whether {name(found)} is there", path, element.line)

    def _shown(self, path: str) -> str:
        return shown(path, self.g.cwd)


def _scopes(root: Element) -> list[Element]:
    """The project itself and its profiles."""
    return [root, *_all(root, "profiles", "profile")]


def _plugins(scope: Element) -> list[Element]:
    build = scope.first("build")
    return _all(build, "plugins", "plugin") if build is not None else []


def _all(element: Element, group: str, item: str) -> list[Element]:
    holder = element.first(group)
    return list(holder.all(item)) if holder is not None else []
