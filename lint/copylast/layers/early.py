"""The dependency step of a command: the words of the command that the early one gets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from copylast.dockerfile.shell import Command, ShellWord
from copylast.ecosystem.descriptor import Match, Prefetch
from copylast.ecosystem.matching import base_name

PROGRAM = "{program}"


def early_command(command: Command, match: Match, prefetch: Prefetch) -> Command:
    """The early command of ``prefetch``: its words, with the prefixes that steer downloads."""
    prefixes = tuple(
        (name, word)
        for name, word in command.environment
        if any(fnmatchcase(name, pattern) for pattern in prefetch.environment)
    )
    words: list[ShellWord] = []
    if prefetch.command:
        at = _program_at(command, match)
        for text in prefetch.command.split():
            words += command.words[: at + 1] if text == PROGRAM else [_word(command, text)]
        words += _kept(command, command.words[at + 1 :], match, prefetch)
    else:
        words += [*command.words, *(_word(command, text) for text in prefetch.append if text not in command.argv)]
    return command.with_words(tuple(words))._replace(environment=prefixes, redirects=(), wrappers=())


def _word(command: Command, text: str) -> ShellWord:
    return ShellWord(text, text, command.span, frozenset(), False)


def _program_at(command: Command, match: Match) -> int:
    """Index of the program among the words: a shell may stand before it (``sh mvnw``)."""
    return next((i for i, text in enumerate(command.argv) if base_name(text) == match.program), 0)


def _kept(
    command: Command, words: tuple[ShellWord, ...], match: Match, prefetch: Prefetch
) -> Iterator[ShellWord]:
    """The options and arguments that go along, as they are written."""
    texts = [word.raw if word.value is None else word.value for word in words]
    translate = dict(prefetch.translate)
    dropped = prefetch.drop_positional
    i = 0
    while i < len(words):
        text = texts[i]
        if len(text) < 2 or not text.startswith("-"):
            if prefetch.keep_positional and text in match.positional and not _fits(dropped, text):
                yield words[i]
            i += 1
            continue
        name, separate = _option(text, match)
        size = 2 if separate and i + 1 < len(words) and texts[i + 1] in match.options[name] else 1
        if name in translate:
            value = text.partition("=")[2] or (texts[i + 1] if i + 1 < len(texts) else "")
            if value.lower() != "false":
                yield _word(command, translate[name])
        elif _wanted((name, text), prefetch.keep_options):
            yield from words[i : i + size]
        i += size


def _option(text: str, match: Match) -> tuple[str, bool]:
    """The name of the option that a word is, and whether its value is a word of its own."""
    if text in match.options:
        return text, any(match.options[text])
    name, equals, _ = text.partition("=")
    if equals:
        return name, False
    return (text[:2], False) if text[:2] in match.options else (text, False)


def _wanted(spellings: tuple[str, str], globs: tuple[str, ...]) -> bool:
    """True if an option, by its name or as the whole word, is one of those that go along."""
    if any(glob.startswith("!") and fnmatchcase(s, glob[1:]) for glob in globs for s in spellings):
        return False
    return any(fnmatchcase(spellings[0], glob) for glob in globs)


def _fits(pattern: re.Pattern[str] | None, text: str) -> bool:
    return pattern is not None and pattern.fullmatch(text) is not None
