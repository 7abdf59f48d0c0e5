"""Does a command belong to a package manager, and what does it do?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from re import Pattern

from copylast.ecosystem.descriptor import Ecosystem, InstallKind, KindRule, Match, Matcher
from copylast.records import NamedTuple


class Parsed(NamedTuple):
    """Arguments taken apart: options with their values in order, and what is left."""

    options: dict[str, tuple[str, ...]]
    positional: tuple[str, ...]


def base_name(word: str) -> str:
    """``/opt/venv/bin/pip`` -> ``pip``."""
    return word.rsplit("/", 1)[-1]


def match(ecosystem: Ecosystem, matcher: Matcher, argv: Sequence[str]) -> Match | None:
    """What ``argv`` is to this matcher, or None. Wrappers and pipes are already taken away."""
    start = _skip_before(matcher.before, argv)
    if start is None or start >= len(argv):
        return None
    program = base_name(argv[start])
    if not matcher.program.fullmatch(program):
        return None
    rest = list(argv[start + 1 :])
    found = _anywhere(matcher, rest) if matcher.anywhere else _subcommand(matcher, rest)
    if found is None:
        return None
    subcommand, head, tail = found
    parsed = take_apart(head + tail, matcher)
    kind: InstallKind | None = next(
        (rule.kind for rule in matcher.kinds if _holds(rule, parsed, matcher)), None
    )
    if kind is None:  # no rule holds, or one that says: unknown
        return None
    directory = next(
        (parsed.options[o][-1] for o in ecosystem.directory_options if any(parsed.options.get(o, ()))), None
    )
    return Match(ecosystem, kind, program, subcommand, parsed.positional, parsed.options, directory, argv[start])


def _skip_before(before: tuple[Pattern[str], ...], argv: Sequence[str]) -> int | None:
    """Index of the word after those that must stand first; None if they do not."""
    i = 0
    for pattern in before:
        text = pattern.pattern
        if text.endswith((")*", ")?")):
            inner = re.compile(text[:-1])
            while i < len(argv) and inner.fullmatch(argv[i]):
                i += 1
                if text.endswith("?"):
                    break
        elif i < len(argv) and (pattern.fullmatch(argv[i]) or pattern.fullmatch(base_name(argv[i]))):
            i += 1
        else:
            return None
    return i


def _subcommand(matcher: Matcher, rest: list[str]) -> tuple[tuple[str, ...], list[str], list[str]] | None:
    """The subcommand, the options before it, and everything after it."""
    firsts = {words[0] for words in matcher.subcommands if words}
    # ``cargo +nightly build``: which toolchain, said before everything else.
    rest = rest[1:] if matcher.subcommands and rest[:1] and rest[0].startswith("+") else rest
    i = 0
    while i < len(rest) and rest[i].startswith("-") and rest[i] not in firsts:
        i += 2 if rest[i] in matcher.global_values else 1
    head, args = rest[:i], rest[i:]
    if not matcher.subcommands:
        return (), head, args
    for words in sorted(matcher.subcommands, key=len, reverse=True):
        if not words:
            if not args:
                return (), head, []
            continue
        skipped = _after_words(words, args, matcher)
        if skipped is not None:
            between, tail = skipped
            return words, head + between, tail
    return None


def _after_words(
    words: tuple[str, ...], args: list[str], matcher: Matcher
) -> tuple[list[str], list[str]] | None:
    """Options between the words, and what follows them; None if the words do not come first."""
    between: list[str] = []
    i = 0
    for n, word in enumerate(words):
        while n and i < len(args) and args[i].startswith("-") and not word.startswith("-"):
            step = 2 if args[i] in matcher.global_values or args[i] in matcher.values else 1
            between += args[i : i + step]
            i += step
        if i >= len(args) or not _is_word(word, args[i]):
            return None
        i += 1
    return between, args[i:]


def _anywhere(matcher: Matcher, rest: list[str]) -> tuple[tuple[str, ...], list[str], list[str]] | None:
    """For goal-driven tools: the first goal that is given, wherever; goals stay among the positionals.

    A goal with a wildcard is called as the command calls it; of several that fit, the last.
    """
    taken = take_apart(rest, matcher)
    for words in sorted(matcher.subcommands, key=len, reverse=True):
        flags = [w for w in words if w.startswith("-")]
        goals = [w for w in words if not w.startswith("-")]
        given = (*taken.options, *taken.positional)
        if all(any(_is_word(flag, o) for o in taken.options) for flag in flags) and all(
            any(_is_word(goal, p) for p in taken.positional) for goal in goals
        ):
            if words or not taken.positional:
                return tuple(_as_given(w, given) for w in words), [], rest
    return None


def _as_given(word: str, given: tuple[str, ...]) -> str:
    if "*" not in word:
        return word
    return next((p for p in reversed(given) if _is_word(word, p)), word)


def _is_word(word: str, arg: str) -> bool:
    if "*" not in word:
        return word == arg
    return re.fullmatch(".*".join(re.escape(part) for part in word.split("*")), arg) is not None


def take_apart(args: Sequence[str], matcher: Matcher) -> Parsed:
    """Options (``-x V``, ``-xV``, ``--x=V``, bundles where the tool has them) and positionals."""
    takes = matcher.values | matcher.global_values
    options: dict[str, list[str]] = {}
    positional: list[str] = []
    i = 0
    while i < len(args):
        word = args[i]
        i += 1
        if word == "--":
            positional += args[i:]
            break
        if len(word) < 2 or not word.startswith("-"):
            positional.append(word)
            continue
        name, equals, value = word.partition("=")
        if word in takes:
            value = args[i] if i < len(args) else ""
            i += 1
            options.setdefault(word, []).append(value)
        elif equals and (word.startswith("--") or name in takes or not matcher.bundled):
            options.setdefault(name, []).append(value)
        elif word.startswith("--"):
            options.setdefault(word, []).append("")
        elif matcher.bundled:
            for at in range(1, len(word)):
                letter = "-" + word[at]
                if letter not in takes:
                    options.setdefault(letter, []).append("")
                    continue
                value = word[at + 1 :]
                if not value and i < len(args):
                    value = args[i]
                    i += 1
                options.setdefault(letter, []).append(value)
                break
        elif word[:2] in takes:
            options.setdefault(word[:2], []).append(word[2:])
        else:
            options.setdefault(word, []).append("")
    return Parsed({k: tuple(v) for k, v in options.items()}, tuple(positional))


def _holds(rule: KindRule, parsed: Parsed, matcher: Matcher) -> bool:
    return (
        (not rule.has or any(_given(o, parsed, matcher) for o in rule.has))
        and all(_given(o, parsed, matcher) for o in rule.has_all)
        and (rule.number is None or len(parsed.positional) == rule.number)
        and (rule.positional is None or any(rule.positional.search(p) for p in parsed.positional))
        and (
            rule.given is None
            or any(rule.given.search(f"{name}={v}") for name, vs in parsed.options.items() for v in vs)
        )
    )


def _given(option: str, parsed: Parsed, matcher: Matcher) -> bool:
    """Is the option there? ``-xV`` counts for ``-x``, and ``--x=V`` is asked for as a whole too."""
    if option in parsed.options:
        return True
    name, equals, value = option.partition("=")
    if equals:
        return value in parsed.options.get(name, ())
    if len(option) == 2 and not matcher.bundled:
        return any(o.startswith(option) and not o.startswith("--") for o in parsed.options)
    return False
