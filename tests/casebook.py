"""The little projects below ``tests/cases``, read into memory, and what the rules make of them.

A case is a folder with ``project/`` (all files, Dockerfiles among them), ``expected.txt`` (the findings) and,
where a fix applies, the texts after it: ``fixed.NAME`` for safe fixes, ``unsafe.NAME`` where unsafe ones change more;
NAME is the Dockerfile's path with ``-`` for ``/``, or ``dockerignore``. ``host.txt`` lists files that lie in the
folder but are not part of the repository; ``context.txt`` names the context's folder if it is not the project itself.
``rules.txt`` has the codes of rules that run in the case besides those that fail a build in CI.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from copylast.context.callers import callers_of
from copylast.context.files import BuildContext
from copylast.context.memory import Content, Link, MemoryContext, Moded
from copylast.context.projects import ProjectBuilds
from copylast.dockerfile.parse import parse
from copylast.dockerfile.scope import evaluate
from copylast.dockerfile.source import Source
from copylast.ecosystem.registry import EcosystemSource, Registry
from copylast.fix.loop import FixOutcome, fix
from copylast.layers.model import LayerModel, build_model
from copylast.rule.diagnostic import Diagnostic, Severity
from copylast.rule.plugins import load_plugins
from copylast.rule.rule import Rule, View

ROOT = Path(__file__).parent
CASES = ROOT / "cases"
REGISTRY = Registry([EcosystemSource(str(ROOT.parent / "rules" / "copylast_rules" / "ecosystems"), "copylast")])
_HANDLES = load_plugins().rules
RULES: tuple[Rule, ...] = tuple(
    handle.load()() for handle in _HANDLES if handle.severity > Severity.INFO and not handle.opt_in
)
"""The rules that fail a build in CI, by code."""

_DOCKERFILE = re.compile(r"(?i)^([^/]*\.)?dockerfile([._-][^/]*)?$")


class Project(MemoryContext):
    """A project in memory; ``host`` are files that are there and not part of the repository."""

    def __init__(
        self,
        files: Mapping[str, Content],
        dockerfile: str = "Dockerfile",
        host: Sequence[str] = (),
        folder: Path | None = None,
    ) -> None:
        super().__init__({**files, **dict.fromkeys(host, "host")}, dockerfile)
        if folder is not None:
            self.callers = lambda: callers_of(ProjectBuilds(str(folder)), str(folder / dockerfile))
        self._host = tuple(host)

    def tracked(self, path: str) -> bool:
        """True if anything at or below ``path`` belongs to the repository."""
        below = [name for name in self._contents if name == path or name.startswith(f"{path}/")]
        return any(name not in self._host for name in below)


class Case(NamedTuple):
    """One folder of ``tests/cases``."""

    name: str
    folder: Path
    files: dict[str, Content]
    host: tuple[str, ...]

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules that run in the case."""
        marker = self.folder / "rules.txt"
        if not marker.exists():
            return RULES
        wanted = {rule.code for rule in RULES} | set(marker.read_text().split())
        return tuple(handle.load()() for handle in _HANDLES if handle.code in wanted)

    @property
    def dockerfiles(self) -> list[str]:
        """The paths of the Dockerfiles, ``../`` for those outside of the context."""
        return sorted(
            path
            for path in self.files
            if _DOCKERFILE.match(path.rsplit("/", 1)[-1]) and not path.endswith(".dockerignore")
        )

    def text(self, path: str) -> str:
        """The text of a file, line ends kept."""
        content = self.files[path]
        assert isinstance(content, bytes)
        return content.decode("utf-8")

    def context(self, dockerfile: str) -> tuple[str, BuildContext]:
        """The path of the Dockerfile from the context's root, and the context."""
        marker = self.folder / "context.txt"
        inside = marker.read_text().strip() + "/" if marker.exists() else ""
        if not inside:
            return dockerfile, Project(self.files, dockerfile, self.host, self.folder / "project")
        files = {path.removeprefix(inside): text for path, text in self.files.items() if path.startswith(inside)}
        name = dockerfile.removeprefix(inside) if dockerfile.startswith(inside) else f"../{dockerfile}"
        return name, Project(files, name, tuple(h.removeprefix(inside) for h in self.host))


def load(folder: Path) -> Case:
    """Read a case from disk."""
    project = folder / "project"
    files: dict[str, Content] = {}
    for directory, _, names in os.walk(project):
        for name in names:
            path = Path(directory, name)
            key = path.relative_to(project).as_posix()
            files[key] = _content(path)
    host = folder / "host.txt"
    return Case(folder.name, folder, files, tuple(host.read_text().split()) if host.exists() else ())


def _content(path: Path) -> Content:
    """Of the modes git keeps one bit: whether a file may be executed."""
    if path.is_symlink():
        return Link(os.readlink(path))
    return Moded(path.read_bytes(), 0o755) if path.stat().st_mode & 0o100 else path.read_bytes()


def cases() -> list[Case]:
    """All cases, by name."""
    return [load(folder) for folder in sorted(CASES.iterdir()) if (folder / "project").is_dir()]


def lint(
    source: Source, context: BuildContext | None, rules: Sequence[Rule] = RULES
) -> tuple[LayerModel, list[Diagnostic]]:
    """The findings of the rules."""
    dockerfile = parse(source)
    model = build_model(dockerfile, evaluate(dockerfile), context, REGISTRY)
    found: list[Diagnostic] = []
    for rule in rules:
        found += rule.check(View(dockerfile, model, context, rule.Options()))
    return model, sorted(found, key=lambda d: (d.span.start, d.code))


def repair(
    text: str,
    context: BuildContext | None,
    path: str = "Dockerfile",
    *,
    unsafe: bool = False,
    rules: Sequence[Rule] = RULES,
) -> FixOutcome:
    """The fix loop with the rules."""
    return fix(Source(text, path), context, lambda source, here: lint(source, here, rules), allow_unsafe=unsafe)


def say(source: Source, found: Sequence[Diagnostic]) -> str:
    """Findings as people get to see them, one line each, with what comes of the fix below."""
    lines: list[str] = []
    for diagnostic in found:
        line, column = source.position(diagnostic.span.start)
        lines.append(f"{source.path}:{line}:{column}: {diagnostic.code} {diagnostic.message}")
        if diagnostic.fix is not None:
            lines.append(f"    fix: {diagnostic.fix.safety.name.lower()}")
        if diagnostic.withheld is not None:
            lines.append(f"    withheld: {diagnostic.withheld}")
    return "".join(f"{line}\n" for line in lines)
