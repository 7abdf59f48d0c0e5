"""Which pattern of an ignore file decides, on :mod:`pathspec`.

Imported only when somebody asks which one: importing pathspec costs more than reading most Dockerfiles,
and a listing needs no more than :mod:`copylast.context.ignore_walk`. pathspec's own git patterns are wrong
for Docker (anchoring, trailing slashes, parents), so the pattern class and the order are ours; source of
fact is ``MatchesUsingParentResults`` of ``moby/patternmatcher``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import TypeVar

from pathspec import PathSpec
from pathspec.pattern import Pattern
from pathspec.util import CheckResult, StrPath, normalize_file, register_pattern

from copylast.context.goclass import BadPattern
from copylast.context.goregex import Compiled, compile_pattern
from copylast.context.ignore import pattern_parts

TPath = TypeVar("TPath", bound=StrPath)


class DockerIgnorePattern(Pattern):
    """One line of an ignore file; ``include`` is True where it excludes, False for a ``!`` line.

    A line without a pattern has ``include`` None; one that BuildKit refuses never matches.
    """

    __slots__ = ("compiled", "line")

    def __init__(self, line: str | bytes) -> None:
        self.line = line if isinstance(line, str) else line.decode()
        self.compiled: Compiled | None = None
        parts = pattern_parts(self.line)
        super().__init__(None if parts is None else not parts.negated)
        if parts is not None:
            try:
                self.compiled = compile_pattern(parts.text)
            except BadPattern:
                pass

    def match_file(self, file: str) -> object | None:
        """Something if the pattern matches exactly ``file`` (not what lies above it), else None."""
        return (self.compiled.match(file) or None) if self.compiled else None


class DockerIgnoreSpec(PathSpec[DockerIgnorePattern]):
    """A list of patterns that decides as BuildKit's walk does: by what each pattern did to the parents.

    ``check_file`` answers for any path and names the deciding pattern.
    """

    def __init__(self, patterns: Iterable[DockerIgnorePattern]) -> None:
        # The default backend is whatever happens to be installed; two machines must not differ.
        super().__init__(list(patterns), backend="simple")
        self._memory: dict[str, tuple[bool, ...]] = {}

    def deciding(self, path: str) -> int | None:
        """The index of the pattern that decides about ``path``."""
        return self.check_file(path, ()).index

    def check_file(self, file: TPath, separators: Collection[str] | None = None) -> CheckResult[TPath]:
        """The verdict on ``file`` with the index of the deciding pattern; None, None if none did."""
        path = normalize_file(file, separators).rstrip("/")
        parent, _, _ = path.rpartition("/")
        flags = self._flags(path, self._parent_flags(parent))
        index = len(flags) - 1
        while index >= 0 and not flags[index]:
            index -= 1
        if index < 0:
            return CheckResult(file, None, None)
        return CheckResult(file, self.patterns[index].include, index)

    def check_files(
        self, files: Iterable[TPath], separators: Collection[str] | None = None
    ) -> Iterator[CheckResult[TPath]]:
        """:meth:`check_file` for each."""
        for file in files:
            yield self.check_file(file, separators)

    def match_file(self, file: StrPath, separators: Collection[str] | None = None) -> bool:
        """Whether ``file`` is ignored."""
        return bool(self.check_file(file, separators).include)

    def match_files(
        self, files: Iterable[TPath], separators: Collection[str] | None = None, *, negate: bool | None = None
    ) -> Iterator[TPath]:
        """Those of ``files`` that are ignored (or are not, with ``negate``)."""
        for file in files:
            if self.match_file(file, separators) is not bool(negate):
                yield file

    def _parent_flags(self, directory: str) -> tuple[bool, ...]:
        if not directory:
            return (False,) * len(self.patterns)
        known = self._memory.get(directory)
        if known is None:
            known = (False,) * len(self.patterns)
            at = 0
            while at >= 0:
                at = directory.find("/", at + 1)
                path = directory if at < 0 else directory[:at]
                stored = self._memory.get(path)
                known = self._memory[path] = self._flags(path, known) if stored is None else stored
        return known

    def _flags(self, path: str, inherited: tuple[bool, ...]) -> tuple[bool, ...]:
        """Which patterns matched ``path`` or, before it, one of its parents."""
        ignored = False
        out: list[bool] = []
        for pattern, hit in zip(self.patterns, inherited, strict=True):
            excludes = pattern.include
            if not hit and excludes is not None and ignored is not excludes:
                hit = pattern.match_file(path) is not None
            if hit:
                ignored = bool(excludes)
            out.append(hit)
        return tuple(out)


def build(lines: Iterable[str]) -> DockerIgnoreSpec:
    """The spec of pattern lines (each without its line end)."""
    return DockerIgnoreSpec([DockerIgnorePattern(line) for line in lines])


register_pattern("dockerignore", DockerIgnorePattern, override=True)
