"""What ``pub get`` of Dart and Flutter reads: pubspec files, those of packages by path, the lock.

Sources: https://dart.dev/tools/pub/dependencies, https://dart.dev/tools/pub/workspaces,
https://dart.dev/tools/pub/cmd/pub-get and https://dart.dev/tools/pub/versioning.
"""

from __future__ import annotations

import re

from copylast import Closure, InstallRequest
from copylast_rules.readers.gathering import ABSENT, LOCAL, SCRIPTS, Gathering, TooMuch, gather
from copylast_rules.readers.places import join, parent, shown
from copylast_rules.readers.small_yaml import Yaml, YamlError, read_yaml, table, texts

_DEPENDENCIES = ("dependencies", "dev_dependencies", "dependency_overrides")
_VERSION = r"(\d+)\.(\d+)\.(\d+)"
_MAX_PACKAGES = 2_000


def read(request: InstallRequest) -> Closure:
    """The closure of ``pub get`` in the request's directory."""
    return gather(request, _read)


def _read(request: InstallRequest, g: Gathering) -> None:
    if request.match.kind not in ("deps", "build"):
        return
    top = join(request.cwd, "pubspec.yaml")
    if not g.is_file(top):
        g.idle = "no pubspec.yaml"
        g.refuse(ABSENT, "no pubspec.yaml in this directory", top)
        return
    pubspecs = _Pubspecs(g)
    pubspecs.follow(top, "the manifest")
    root = parent(pubspecs.root)
    lock_path = join(root, "pubspec.lock")
    locked = g.need_if_there(lock_path, "the lock", required=True)
    if not pubspecs.wanted:
        g.idle = "no dependencies"
    if request.match.program == "flutter":
        g.unsafe("flutter writes files of its own into the project when it gets packages")
        if table(pubspecs.data(top).get("flutter")).get("generate") == "true":
            g.refuse(SCRIPTS, "flutter generates translations when it gets packages", top)
    if locked and "--enforce-lockfile" not in request.match.options:
        reason = _out_of_sync(g, lock_path, pubspecs.wanted)
        if request.match.subcommand[-1:] in (("upgrade",), ("downgrade",)):
            reason = "the command looks for other versions"
        if reason:
            g.unsafe(f"pubspec.lock may be written, and the later COPY puts back what was there: {reason}")
            g.writes(lock_path)
    g.writes(join(root, ".dart_tool"))


class _Pubspecs:
    """The manifests that belong together; ``wanted`` are packages from elsewhere with what is asked of them."""

    def __init__(self, g: Gathering) -> None:
        self.wanted: dict[str, Yaml] = {}
        self.root = ""
        self._g = g
        self._seen: dict[str, dict[str, Yaml]] = {}

    def data(self, path: str) -> dict[str, Yaml]:
        """What stands in a manifest; empty after a refusal."""
        if path not in self._seen:
            self._seen[path] = self._load(path)
        return self._seen[path]

    def follow(self, path: str, why: str) -> None:
        """Need a manifest and those that it names."""
        todo = [(path, why)]
        while todo:
            path, why = todo.pop()
            if path in self._seen or not self._g.need_file(path, why):
                continue
            if len(self._seen) > _MAX_PACKAGES:
                raise TooMuch
            data = self.data(path)
            self.root = self.root or path
            base, where = parent(path), shown(path, self._g.cwd)
            over = join(base, "pubspec_overrides.yaml")
            tables = [data]
            if self._g.need_if_there(over, "it replaces dependencies", required=True):
                tables.append(self._load(over))
            for pattern in texts(data.get("workspace")):
                if "*" in pattern:
                    self._g.refuse(LOCAL, f"the members of the workspace in {where} are a pattern", path)
                else:
                    todo.append((join(base, f"{pattern}/pubspec.yaml"), f"workspace in {where}"))
            if data.get("resolution") == "workspace":
                above = self._g.above(parent(base), "pubspec.yaml")
                if above is None:
                    self._g.refuse(ABSENT, f"the workspace of {where} is not in the build context", path)
                else:
                    self.root = above
                    todo.append((above, f"the workspace of {where}"))
            for one in tables:
                todo += self._named(one, base, path)

    def _named(self, data: dict[str, Yaml], base: str, path: str) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        where = shown(path, self._g.cwd)
        for key in _DEPENDENCIES:
            for name, value in table(data.get(key)).items():
                said = table(value)
                git = said.get("git")
                url = git if isinstance(git, str) else table(git).get("url")
                place = said.get("path")
                if isinstance(place, str):
                    found.append((join(base, f"{place}/pubspec.yaml"), f"{name} in {where}"))
                elif isinstance(url, str) and not re.match(r"(https?|ssh|git)://|[\w.-]+@", url):
                    self._g.refuse(LOCAL, f"{name} in {where} comes from {url}", path)
                elif "sdk" not in said:
                    self.wanted[name] = said.get("version") if said else value
        return found

    def _load(self, path: str) -> dict[str, Yaml]:
        text = self._g.text(path)
        try:
            return read_yaml(text) if text is not None else {}
        except YamlError as e:
            self._g.refuse(LOCAL, f"{shown(path, self._g.cwd)} cannot be read: {e}", path, e.line)
            return {}


def _out_of_sync(g: Gathering, path: str, wanted: dict[str, Yaml]) -> str | None:
    """Why the lock may be written, or None where it is proved to be in sync."""
    try:
        packages = table(read_yaml(g.text(path) or "").get("packages"))
    except YamlError as e:
        return str(e)
    for name, asked in wanted.items():
        if name not in packages:
            return f"{name} is not in it"
        version = table(packages[name]).get("version")
        if not isinstance(version, str) or not _satisfies(version, asked):
            return f"{name} {version} may not be what pubspec.yaml asks for"
    return None


def _satisfies(version: str, asked: Yaml) -> bool:
    """True if the version surely is what is asked for; False also where that is not known."""
    there = re.fullmatch(_VERSION, version)
    if there is None:
        return False
    if asked in (None, "any"):
        return True
    if not isinstance(asked, str):
        return False
    have = tuple(int(n) for n in there.groups())
    for part in re.sub(r"([<>]=?)\s+", r"\1", asked).split():
        found = re.fullmatch(rf"(\^|>=|<=|>|<|){_VERSION}", part)
        if found is None:
            return False
        want = tuple(int(n) for n in found.groups()[1:])
        fits = {
            "^": have >= want and have < ((want[0] + 1, 0, 0) if want[0] else (0, want[1] + 1, 0)),
            ">=": have >= want,
            "<=": have <= want,
            ">": have > want,
            "<": have < want,
            "": have == want,
        }
        if not fits[found[1]]:
            return False
    return True
