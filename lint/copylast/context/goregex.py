"""Ignore patterns as the regular expressions that BuildKit makes of them, in Python's syntax.

BuildKit writes the pattern into a Go regular expression almost without escaping it, so Go's whole
class and escape syntax shows through: ``\\d`` is a digit, ``[!a]`` holds a ``!``, ``[?]`` does not hold
a question mark. Source of fact: ``moby/patternmatcher`` and Go's ``regexp/syntax``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from copylast.context.goclass import BadPattern, class_regex, read_class, read_set_escape
from copylast.records import NamedTuple
from copylast.regexes import lazy_regex
from copylast.typed import Literal

How = Literal["exact", "prefix", "suffix", "regex"]

_REPEAT = lazy_regex(r"\{(0|[1-9][0-9]*)(,(0|[1-9][0-9]*)?)?\}")


class Compiled(NamedTuple):
    """How a pattern is compared: with ``text`` for the plain kinds, else by ``regex``.

    ``match`` says of one path whether it matches, in time that no pattern makes explode; where that
    needs more than a regular expression, ``regex`` is empty. ``in_name`` is the expression for the last
    name, where a pattern like ``**/*.pyc`` asks about nothing else; ``slashes`` is how many a matching path
    must hold, where that is known.
    """

    how: How
    text: str
    regex: str
    match: Callable[[str], object]
    in_name: str = ""
    slashes: int | None = None


class _Token(NamedTuple):
    kind: Literal["one", "maybe", "loop", "dirs", "assert"]
    regex: str


_SKIPPABLE = frozenset(("loop", "dirs", "maybe"))
_ANYTHING = _Token("loop", r"[\s\S]")


@lru_cache(maxsize=1024)
def compile_pattern(pattern: str) -> Compiled:
    """The comparison for a cleaned pattern without its ``!``. Raises :class:`BadPattern`."""
    how, go = _go_regex(pattern)
    if how == "exact":
        return Compiled(how, pattern, "", pattern.__eq__)
    if how == "prefix":
        start = pattern[:-2]

        def begins(path: str) -> object:
            return path.startswith(start)

        return Compiled(how, start, "", begins)
    if how == "suffix":
        end = pattern[2:]
        bare = end[1:] if end.startswith("/") else None

        def ends(path: str) -> object:
            return path.endswith(end) or path == bare

        return Compiled(how, end, "", ends)
    branches = [_collapse(tokens) for tokens in _read(go)]
    if any(sum(token.kind in ("loop", "dirs") for token in tokens) > 4 for tokens in branches):
        tests = [_positions_matcher(tokens) for tokens in branches]

        def reaches(path: str) -> object:
            return any(test(path) for test in tests)

        return Compiled(how, pattern, "", reaches)
    regex = "|".join(_joined(tokens) for tokens in branches)
    in_name, slashes = "", None
    if len(branches) == 1:
        first, *others = branches[0]
        if first.kind == "dirs" and all(map(_never_slash, others)):
            in_name = _joined(others)
        elif all(token.regex == "/" or _never_slash(token) for token in branches[0]):
            slashes = sum(token.regex == "/" for token in branches[0])
    return Compiled(how, pattern, regex, re.compile(regex).match, in_name, slashes)


def _joined(tokens: list[_Token]) -> str:
    return "".join(map(_python, tokens)) + r"\Z"


def _never_slash(token: _Token) -> bool:
    return token.regex == "[^/]" or (token.kind == "one" and token.regex != "/" and token.regex[0] != "[")


def _go_regex(pattern: str) -> tuple[How, str]:
    """The kind of comparison and the regular expression (without anchors) that BuildKit builds."""
    text = pattern.removeprefix("\ufeff")
    how: How = "exact"
    out: list[str] = []
    at, end, count = 0, len(text), 0
    while at < end:
        char = text[at]
        at += 1
        if char == "*" and text.startswith("*", at):
            at += 2 if text.startswith("/", at + 1) else 1
            if at < end:
                out.append("(.*/)?")
                how = "regex"
            elif how == "exact":
                how = "prefix"
            else:
                out.append(".*")
                how = "regex"
            if count == 0:
                how = "suffix"
        elif char == "*":
            out.append("[^/]*")
            how = "regex"
        elif char == "?":
            out.append("[^/]")
            how = "regex"
        elif char in ".+()$":
            out.append("\\" + char)
        elif char == "\\":
            out.append("\\" + text[at : at + 1])
            at += 1
            how = "regex"
        else:
            out.append(char)
            if char in "[]":
                how = "regex"
        count += 1
    return how, "".join(out)


def _read(go: str) -> list[list[_Token]]:
    """The alternatives of an expression made by :func:`_go_regex`, each to be matched as a whole.

    BuildKit means to escape ``|``, ``{`` and ``}`` but does not (its table of bits is too narrow), and
    it sets ``^`` and ``$`` only at the two ends, so ``a|b*`` also matches whatever begins with ``a``.
    """
    branches: list[list[_Token]] = [[]]
    tokens = branches[0]
    at, end = 0, len(go)
    if found := _REPEAT.match(go):
        # It repeats the `^` that BuildKit puts before everything.
        at = found.end()
    while at < end:
        char = go[at]
        size = len(tokens)
        if char == "^":
            tokens.append(_Token("assert", r"\A"))
            at += 1
        elif char == "|":
            tokens.append(_ANYTHING)
            tokens = [_ANYTHING]
            branches.append(tokens)
            at += 1
            size = 1
        elif char == "(":
            tokens.append(_Token("dirs", ""))
            at += len("(.*/)?")
        elif char == ".":
            tokens.append(_Token("loop", "."))
            at += 2
        elif char == "[":
            regex, at = read_class(go, at + 1)
            loop = go.startswith("*", at)
            tokens.append(_Token("loop" if loop else "one", regex))
            at += loop
        elif char == "\\":
            at = _read_escape(go, at + 1, tokens)
        else:
            tokens.append(_Token("one", re.escape(char)))
            at += 1
        at = _read_repeat(go, at, tokens, size)
    return branches


def _read_repeat(go: str, at: int, tokens: list[_Token], size: int) -> int:
    """Apply a ``{n,m}`` at ``at`` to the last token; ``size`` tokens were there before it."""
    found = _REPEAT.match(go, at)
    if not found:
        return at
    low = int(found[1])
    high = (int(found[3]) if found[3] else None) if found[2] else low
    if len(tokens) == size or tokens[-1].kind in ("loop", "dirs"):
        raise BadPattern(f"`{found[0]}` is read as a repetition of something that cannot be repeated")
    if low > 1000 or (high is not None and (high > 1000 or high < low)):
        raise BadPattern(f"`{found[0]}` is read as a repetition, with numbers that it cannot have")
    if _REPEAT.match(go, found.end()):
        raise BadPattern(f"`{found[0]}` is read as a repetition and repeated again")
    last = tokens.pop()
    if last.kind == "assert":
        tokens += [last] * (low > 0)
        return found.end()
    tokens += [last] * low
    tokens += [_Token("loop", last.regex)] if high is None else [_Token("maybe", last.regex)] * (high - low)
    return found.end()


def _read_escape(go: str, at: int, tokens: list[_Token]) -> int:
    char = go[at : at + 1]
    if char and char in "AbBz":
        tokens.append(_Token("assert", r"\Z" if char == "z" else f"(?a:\\{char})" if char in "bB" else r"\A"))
        return at + 1
    if char == "Q":
        literal, _, _ = go[at + 1 :].partition("\\E")
        tokens += [_Token("one", re.escape(one)) for one in literal]
        return min(at + 1 + len(literal) + 2, len(go))
    ranges, at = read_set_escape(go, at)
    tokens.append(_Token("one", class_regex(ranges, False)))
    return at


def _collapse(tokens: list[_Token]) -> list[_Token]:
    """The same language without neighbours that could share the same text in many ways."""
    out: list[_Token] = []
    for token in tokens:
        if out and token.kind in ("loop", "dirs"):
            last = out[-1]
            if last == token:
                continue
            if last.kind == "dirs" and token == _Token("loop", "."):
                out[-1] = token
                continue
        out.append(token)
    return out


def _python(token: _Token) -> str:
    return {"loop": token.regex + "*", "maybe": token.regex + "?", "dirs": "(?:.*/)?"}.get(token.kind, token.regex)


def _positions_matcher(tokens: list[_Token]) -> Callable[[str], object]:
    """A matcher that keeps the set of reachable tokens: slower, but linear in the path."""
    tests = [re.compile(token.regex or ".").match for token in tokens]
    total = len(tokens)

    def match(path: str) -> object:
        def spread(states: set[int], at: int) -> set[int]:
            todo = list(states)
            while todo:
                state = todo.pop()
                if state >= total or state < 0:
                    continue
                kind = tokens[state].kind
                passes = kind in ("loop", "dirs", "maybe") or (kind == "assert" and bool(tests[state](path, at)))
                if passes and state + 1 not in states:
                    states.add(state + 1)
                    todo.append(state + 1)
            return states

        # ``~i`` means: inside the directories that token ``i`` eats, not yet at a ``/``.
        states = spread({0}, 0)
        for at, char in enumerate(path):
            after: set[int] = set()
            for state in states:
                index = state if state >= 0 else ~state
                if index >= total:
                    continue
                kind = tokens[index].kind
                if kind == "dirs":
                    if char != "\n":
                        after.add(~index)
                    if char == "/":
                        after.add(index + 1)
                elif kind != "assert" and tests[index](char):
                    after.add(index if kind == "loop" else index + 1)
            states = spread(after, at + 1)
            if not states:
                return False
        return total in states

    return match
