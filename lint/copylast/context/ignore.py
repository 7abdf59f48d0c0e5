"""The ignore file: which paths of a folder never reach the builder.

Source of fact: how BuildKit reads the lines (``moby/patternmatcher/ignorefile``) and decides
(``MatchesUsingParentResults``): patterns are anchored at the root, cleaned, and the last match wins; a
match holds for all beneath. The matching itself is in :mod:`copylast.context.ignore_walk`, and, for who wants
to know the deciding pattern, in :mod:`copylast.context.ignore_spec`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property, lru_cache

from copylast.context.goclass import BadPattern
from copylast.context.gopath import SPACE, clean, glob_problem
from copylast.context.goregex import compile_pattern
from copylast.context.ignore_walk import IgnoreWalk, State
from copylast.context.reach import Reach
from copylast.dockerfile.source import Source, Span
from copylast.records import NamedTuple
from copylast.typed import Protocol

_SPECIAL = frozenset("*[]?^\\")
LINE_LIMIT = 65_536
"""A line of as many bytes is an error of the reader in BuildKit."""


class PatternParts(NamedTuple):
    """A pattern line as BuildKit keeps it: cleaned, and whether a ``!`` stood before it."""

    text: str
    negated: bool


class IgnorePattern(NamedTuple):
    """One pattern; ``text`` is cleaned and without ``!``, ``span`` covers it as written with its ``!``."""

    number: int
    text: str
    negated: bool
    span: Span
    line: int


class IgnoreProblem(NamedTuple):
    """A pattern for which the build fails: at once, or (``late``) when a path is first compared with it."""

    message: str
    span: Span
    line: int
    column: int
    late: bool


class Spec(Protocol):
    """What can say which pattern decides."""

    def deciding(self, path: str) -> int | None: ...


class Insertion(NamedTuple):
    """New lines for an ignore file: ``inserted`` goes in at ``offset`` and gives ``file``."""

    offset: int
    inserted: str
    file: IgnoreFile


def pattern_parts(line: str) -> PatternParts | None:
    """What BuildKit makes of a line; None for a comment, a blank line, or ``!`` alone (an error)."""
    if line.startswith("#"):
        return None
    text = line.strip(SPACE)
    if not text:
        return None
    negated = text.startswith("!")
    if negated:
        text = text[1:].strip(SPACE)
    if text:
        text = clean(text)
        if len(text) > 1 and text.startswith("/"):
            text = text[1:]
    # The lines go through a second reader that looks for white space, dots and ``!`` once more.
    text = clean(("!" + text if negated else text).strip(SPACE))
    negated = text.startswith("!")
    text = text[1:] if negated else text
    return PatternParts(text, negated) if text else None


def parse_ignore(text: str, path: str = ".dockerignore") -> IgnoreFile:
    """Read an ignore file. ``path`` is only for messages. Bad patterns are in ``problems``."""
    return IgnoreFile(path, text)


def _read(text: str) -> tuple[tuple[IgnorePattern, ...], tuple[IgnoreProblem, ...]]:
    source = Source(text, "")
    patterns: list[IgnorePattern] = []
    problems: list[IgnoreProblem] = []
    start = 1 if text.startswith("\ufeff") else 0
    for number, line in enumerate(text[start:].split("\n"), 1):
        body = line.strip(SPACE)
        if body and not line.startswith("#"):
            first = start + line.index(body)
            span = Span(first, first + len(body))
            parts = pattern_parts(line)
            if parts is not None:
                patterns.append(IgnorePattern(len(patterns), parts.text, parts.negated, span, number))
            problem = _problem(line, body, parts)
            if problem is not None:
                at, message, late = problem
                column = source.position(first + at).column
                problems.append(IgnoreProblem(message, Span(first + at, span.end), number, column, late))
        start += len(line) + 1
    return tuple(patterns), tuple(problems)


def _walk_of(patterns: tuple[IgnorePattern, ...]) -> IgnoreWalk:
    return IgnoreWalk((pattern.text, pattern.negated) for pattern in patterns)


# The services of one repository often have the same ignore file.
_SHORT = 10_000
_read_once = lru_cache(maxsize=32)(_read)
_walk_once = lru_cache(maxsize=32)(_walk_of)


class IgnoreFile:
    """An ignore file: its exact text, its patterns, what is wrong with them, and its verdicts."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self.source = Source(text, path)
        self.patterns, self.problems = (_read_once if len(text) <= _SHORT else _read)(text)

    @cached_property
    def _walk(self) -> IgnoreWalk | None:
        if not self.patterns:
            return None
        return (_walk_once if len(self.text) <= _SHORT else _walk_of)(self.patterns)

    @cached_property
    def _spec(self) -> Spec | None:
        if not self.patterns:
            return None
        from copylast.context.ignore_spec import build

        # The blank keeps a `#` that did not stand in the first column from starting a comment.
        return build(" " + self.source.slice(pattern.span) for pattern in self.patterns)

    @cached_property
    def _reach(self) -> Reach:
        return Reach(pattern.text for pattern in self.patterns if pattern.negated)

    @cached_property
    def _brought_back(self) -> tuple[str, ...] | None:
        """The folders of the ``!`` patterns if all of them are plain, else None.

        BuildKit then enters an ignored directory only on the way to one of these folders. It takes a
        last ``/**`` and a last ``/*`` off, which makes ``!a/*/**`` bring nothing back: a real build
        leaves out ``a/b/c``.
        """
        texts = [pattern.text for pattern in self.patterns if pattern.negated]
        folders = [text.removesuffix("/**").removesuffix("/*") + "/" for text in texts]
        return None if any(not _SPECIAL.isdisjoint(one) for one in folders) else tuple(folders)

    def verdict(self, path: str, is_dir: bool = False) -> IgnorePattern | None:
        """The pattern that decides about ``path``; None if none matches.

        ``path`` is ignored if the answer is there and not ``negated``; and in a walk, if it lies in an
        ignored directory that is not entered (:meth:`may_reinclude_below`). Directories and files are
        treated alike, as BuildKit does; ``is_dir`` is for readers.
        """
        spec = self._spec if path else None
        index = spec.deciding(path) if spec is not None else None
        return None if index is None else self.patterns[index]

    def ignored(self, path: str) -> bool:
        """Whether ``path`` itself is left out (a directory may still be made for what lies in it)."""
        walk = self._walk
        if walk is None or not path:
            return False
        ignored, state, at = False, walk.start, 0
        while at >= 0:
            at = path.find("/", at + 1)
            ignored, state = walk.step(path if at < 0 else path[:at], state)
        return ignored

    @property
    def start(self) -> State:
        """The walk's state at the root."""
        walk = self._walk
        return () if walk is None else walk.start

    @cached_property
    def step(self) -> Callable[[str, State], tuple[bool, State]]:
        """``step(path, state)``: whether ``path`` is ignored, and the state for its children.

        ``state`` is that of its parent.
        """
        walk = self._walk
        return (lambda path, state: (False, state)) if walk is None else walk.step

    def may_reinclude_below(self, directory: str) -> bool:
        """False if nothing below an ignored ``directory`` can come back, so it need not be entered."""
        plain = self._brought_back
        if plain is None:
            return self._reach.below(directory)
        return any(folder.startswith(directory + "/") for folder in plain)

    def insert_before_first_reinclude(self, patterns: Iterable[str]) -> Insertion:
        """Exclude ``patterns`` without taking back what a ``!`` line brings in.

        The lines go before the first ``!`` pattern that could match something they exclude (and before
        the comment lines on top of it), else to the end. Whether they then have the wanted effect is
        for the caller to ask from the new file: a ``!`` above them may be too broad, or a later one.
        Line ends and a missing last newline stay as they are.
        """
        added = list(patterns)
        newline = self.source.newline
        wanted = Reach(pattern.text for pattern in map(pattern_parts, added) if pattern is not None)
        for pattern in self.patterns:
            if pattern.negated and wanted.meets(pattern.text):
                line = pattern.line
                while line > 1 and self.source.slice(self.source.line_span(line - 1)).startswith("#"):
                    line -= 1
                offset = self.source.line_span(line).start
                if offset == 0 and self.text.startswith("\ufeff"):
                    offset = 1
                inserted = "".join(one + newline for one in added)
                break
        else:
            offset = len(self.text)
            inserted = newline.join(added)
            if not self.text.removeprefix("\ufeff") or self.text.endswith("\n"):
                inserted += newline if added else ""
            elif added:
                inserted = newline + inserted
        text = self.text[:offset] + inserted + self.text[offset:]
        return Insertion(offset, inserted, IgnoreFile(self.path, text))


def _problem(line: str, body: str, parts: PatternParts | None) -> tuple[int, str, bool] | None:
    """Offset in ``body``, message, and whether BuildKit notices it late."""
    if len(line.encode(errors="surrogatepass")) >= LINE_LIMIT:
        return 0, "the line is too long for the builder (64 KiB)", False
    if parts is None:
        return 0, "`!` has no pattern after it, so the build fails", False
    found = glob_problem(parts.text)
    if found is not None:
        raw = glob_problem(body)
        return raw.offset if raw else 0, f"{found.message}, so the build fails", False
    if not {"\\", "[", "{"}.isdisjoint(parts.text):
        try:
            compile_pattern(parts.text)
        except BadPattern as error:
            at = next(at for char in "\\[{" if (at := body.find(char)) >= 0)
            return at, f"{error}, so the build fails", True
    return None
