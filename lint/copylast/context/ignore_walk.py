"""BuildKit's ignore walk, made fast: from parent to child, with what the patterns did to the parent.

Source of fact is ``MatchesUsingParentResults`` of ``moby/patternmatcher``, of which this keeps one bit for
each run of neighbouring patterns of equal polarity: that is all that the order of a run can decide. Which
single pattern decides about a path is for :mod:`copylast.context.ignore_spec` to say.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from copylast.context.goclass import BadPattern
from copylast.context.goregex import Compiled, compile_pattern

State = tuple[bool, ...]
"""What a walk remembers of a directory: which runs of patterns matched it or a directory above it."""


class IgnoreWalk:
    """The walk over a list of patterns, each its cleaned text and whether a ``!`` stood before it.

    A pattern that BuildKit refuses never matches.
    """

    def __init__(self, patterns: Iterable[tuple[str, bool]]) -> None:
        self._runs: list[tuple[bool, Callable[[str], object]]] = []
        excluding: list[Compiled] = []
        run: list[Compiled] = []
        polarity: bool | None = None
        for text, negated in patterns:
            if polarity is not None and negated is not polarity:
                self._runs.append((not polarity, _joined(run)))
                run = []
            polarity = negated
            try:
                compiled = compile_pattern(text)
            except BadPattern:
                continue
            run.append(compiled)
            if not negated:
                excluding.append(compiled)
        if polarity is not None:
            self._runs.append((not polarity, _joined(run)))
        self.start: State = (False,) * len(self._runs)
        # Most paths are touched by nothing; one question to all excluding patterns settles them.
        self._excluded = _joined(excluding)

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
