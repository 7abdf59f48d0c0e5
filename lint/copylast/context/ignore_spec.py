"""BuildKit's ignore walk on :mod:`pathspec`.

Imported only when an ignore file with a pattern is really used: importing pathspec costs more than
reading most Dockerfiles. pathspec's own git patterns are wrong for Docker (anchoring, trailing
slashes, the walk), so the pattern class and the walk are ours; source of fact is
``MatchesUsingParentResults`` of ``moby/patternmatcher``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import TypeVar

from pathspec import PathSpec
from pathspec.pattern import Pattern
from pathspec.util import CheckResult, StrPath, normalize_file, register_pattern

from copylast.context.goclass import BadPattern
from copylast.context.goregex import Compiled, compile_pattern
from copylast.context.ignore import State, pattern_parts

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

    The walk needs only one bit of memory for a run of neighbouring patterns of equal polarity, so each
    run is compiled into one test. ``step`` is the walk; ``check_file`` answers for any path and names
    the deciding pattern.
    """

    def __init__(self, patterns: Iterable[DockerIgnorePattern]) -> None:
        # The default backend is whatever happens to be installed; two machines must not differ.
        super().__init__(list(patterns), backend="simple")
        self._runs: list[tuple[bool, Callable[[str], object]]] = []
        run: list[DockerIgnorePattern] = []
        for pattern in self.patterns:
            if pattern.include is None:
                continue
            if run and run[-1].include != pattern.include:
                self._close(run)
                run = []
            run.append(pattern)
        self._close(run)
        self.start: State = (False,) * len(self._runs)
        # Most paths are touched by nothing; one question to all excluding patterns settles them.
        self._excluded = _joined([one.compiled for one in self.patterns if one.include and one.compiled])
        self._memory: dict[str, tuple[bool, ...]] = {}

    def deciding(self, path: str) -> int | None:
        """The index of the pattern that decides about ``path``."""
        return self.check_file(path, ()).index

    def _close(self, run: Sequence[DockerIgnorePattern]) -> None:
        compiled = [pattern.compiled for pattern in run if pattern.compiled]
        if run:
            self._runs.append((bool(run[0].include), _joined(compiled)))

    def step(self, path: str, state: State) -> tuple[bool, State]:
        """Whether ``path`` is ignored, and the state for its children; ``state`` is its parent's."""
        if state == self.start and not self._excluded(path):
            return False, state
        ignored = False
        after: list[bool] = []
        for (excludes, test), inherited in zip(self._runs, state, strict=True):
            hit = inherited or (ignored is not excludes and bool(test(path)))
            if hit:
                ignored = excludes
            after.append(hit)
        return ignored, tuple(after)

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


def _joined(compiled: Sequence[Compiled]) -> Callable[[str], object]:
    """One test for "any of these matches"."""
    exact = frozenset(one.text for one in compiled if one.how == "exact")
    exact |= {one.text[1:] for one in compiled if one.how == "suffix" and one.text.startswith("/")}
    prefixes = tuple(one.text for one in compiled if one.how == "prefix")
    suffixes = tuple(one.text for one in compiled if one.how == "suffix")
    names: list[str] = []
    anywhere: list[str] = []
    by_depth: dict[int, list[str]] = {}
    slow: list[Callable[[str], object]] = []
    for one in compiled:
        if one.in_name:
            names.append(one.in_name)
        elif one.slashes is not None:
            by_depth.setdefault(one.slashes, []).append(one.regex)
        elif one.regex:
            anywhere.append(one.regex)
        elif one.how == "regex":
            slow.append(one.match)
    # Half of all real patterns ask only about the last name, and names repeat across a tree.
    in_name = _any(names)
    in_path = _any(anywhere)
    at_depth = {depth: found for depth, regexes in by_depth.items() if (found := _any(regexes))}
    names_seen: dict[str, bool] = {}

    def test(path: str) -> object:
        if path in exact or path.endswith(suffixes) or path.startswith(prefixes):
            return True
        if in_name is not None:
            name = path[path.rfind("/") + 1 :]
            hit = names_seen.get(name)
            if hit is None:
                hit = names_seen[name] = in_name(name) is not None
            if hit and ("\n" not in path or any(one.match(path) for one in compiled)):
                return True
        if at_depth:
            here = at_depth.get(path.count("/"))
            if here is not None and here(path):
                return True
        if in_path is not None and in_path(path):
            return True
        return slow and any(match(path) for match in slow)

    return test


def _any(regexes: Sequence[str]) -> Callable[[str], object] | None:
    return re.compile("|".join(f"(?:{regex})" for regex in regexes)).match if regexes else None


def build(lines: Iterable[str]) -> DockerIgnoreSpec:
    """The spec of pattern lines (each without its line end)."""
    return DockerIgnoreSpec([DockerIgnorePattern(line) for line in lines])


register_pattern("dockerignore", DockerIgnorePattern, override=True)
