"""A project in memory, as a reader sees it."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path

from copylast.context.entry import ContextError, Kind
from copylast.ecosystem.readers import Closure, InstallRequest
from copylast.ecosystem.registry import EcosystemSource, Registry, decide

FOLDER = Path(__file__).parents[3] / "rules" / "copylast_rules" / "ecosystems"
REGISTRY = Registry([EcosystemSource(str(FOLDER), "copylast")])


class MemoryFiles:
    """Files by path below ``root``: None is a symbolic link, a name that ends in ``/`` a directory."""

    def __init__(self, files: Mapping[str, str | None], root: str = "/app") -> None:
        self.texts: dict[str, str | None] = {}
        self.directories: set[str] = set()
        for path, text in files.items():
            full = path if path.startswith(("/", "?")) else f"{root}/{path}"
            if full.endswith("/"):
                full = full.rstrip("/")
                self.directories.add(full)
            else:
                self.texts[full] = text
            while "/" in full and full.rsplit("/", 1)[0]:
                full = full.rsplit("/", 1)[0]
                self.directories.add(full)

    def kind(self, path: str) -> Kind | None:
        if path in self.texts:
            return "link" if self.texts[path] is None else "file"
        return "dir" if path in self.directories or path == "/" else None

    def names(self, path: str) -> tuple[str, ...]:
        prefix = path.rstrip("/") + "/"
        below = (p[len(prefix) :] for p in (*self.texts, *self.directories) if p.startswith(prefix))
        return tuple(sorted({p.split("/", 1)[0] for p in below}))

    def shown(self, path: str) -> str:
        return path

    def read(self, path: str) -> str:
        text = self.texts.get(path)
        if text is None:
            raise ContextError(f"{path} is not a readable file")
        return text


def closure(
    command: str,
    files: Mapping[str, str | None],
    cwd: str = "/app",
    environment: Mapping[str, str | None] | None = None,
    base_image: str | None = None,
    root: str = "/app",
) -> Closure:
    """The closure of ``command``, run in ``cwd`` over ``files``."""
    from importlib import import_module

    memory = MemoryFiles(files, root)
    match = decide(REGISTRY.candidates(shlex.split(command)), cwd, memory)
    assert match is not None, command
    if match.directory is not None:
        cwd = match.directory if match.directory.startswith("/") else f"{cwd}/{match.directory}"
    assert match.ecosystem.reader
    module, _, function = match.ecosystem.reader.partition(":")
    read = getattr(import_module(module), function)
    got = read(InstallRequest(match, cwd, memory, environment or {}, base_image))
    assert isinstance(got, Closure)
    return got


def paths(got: Closure, root: str = "/app", required: bool | None = None) -> list[str]:
    """The needs as short paths; directories end in ``/``, what need not be there in ``?``."""
    return [
        n.path.removeprefix(root + "/") + ("/" if n.what == "dir" else "") + ("" if n.required else "?")
        for n in got.needs
        if required is None or n.required == required
    ]


def gates(got: Closure) -> list[int]:
    """Numbers of the gates that refuse, sorted."""
    return sorted({r.gate for r in got.refusals})
