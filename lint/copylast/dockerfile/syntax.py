"""Whether an instruction's flags and arguments are what BuildKit takes (its ``instructions`` package).

Where a value may hold a variable, it is looked at only if it does not.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from copylast.dockerfile.expand import SPACE, UNKNOWN, ExpansionError, Unknown, expand
from copylast.dockerfile.flags import FLAGS, check_flags
from copylast.dockerfile.nodes import Instruction, Problem, Word
from copylast.dockerfile.operators import parse_heredoc
from copylast.dockerfile.source import Span
from copylast.regexes import lazy_regex

_NAMES = (
    "ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL "
    "STOPSIGNAL USER VOLUME WORKDIR"
).split()
# Both usual spellings; any other case goes through str.lower().
KEYWORDS: dict[str, str] = {name: name for name in _NAMES} | {name.lower(): name for name in _NAMES}
_STAGE_NAME = lazy_regex(r"[a-z][a-z0-9_.-]*\Z")
# Words in which nothing can go wrong; anything else is expanded for a try.
_HARMLESS = lazy_regex(
    r"""(?:[^$'"\\`\ufeff]++|'[^']*+'|"[^"\\`$]*+"|\$[A-Za-z_]\w*+|\$\{[A-Za-z_]\w*+\})*+\Z""", re.ASCII
)
_ORDINARY_PAIR = lazy_regex(r"""[\w./-]++(?:=(?:[^$'"\\`\ufeff]++|'[^']*+'|"[^"\\`$]*+")*+)?\Z""", re.ASCII)
_PAIRED = frozenset({"ENV", "LABEL", "ARG"})
_PLAIN = lazy_regex(r"""[^$'"\\`]*\Z""")
_ADDRESS = lazy_regex(r"[a-z+]+://|[^/]+@", re.I)

Problems = list[Problem]


def check(instruction: Instruction, escape: str, problems: Problems) -> None:
    """Add what is wrong with ``instruction`` to ``problems``."""
    keyword = instruction.keyword
    if keyword in _COMMANDS and not instruction.flags and not (instruction.json and not instruction.words):
        return
    checker = _CHECKERS.get(keyword)
    if checker is not None:
        checker(instruction, problems)
    elif keyword not in KEYWORDS:
        problems.append(Problem(_unknown(instruction), instruction.keyword_span))
        return
    if instruction.flags and keyword in FLAGS:
        check_flags(instruction, escape, problems)
    if keyword in _PAIRED:
        for word in instruction.words:
            if not _ORDINARY_PAIR.match(word.text):
                break
        else:
            return
        for name, value in instruction.pairs:
            if not name.text:
                span = Span(name.span.start, value.span.end if value else name.span.end)
                problems.append(Problem(f"{keyword} has a value without a name", span))
            if keyword != "ARG" and not _HARMLESS.match(name.text):
                _try(name, escape, problems)
            if value is not None and not _HARMLESS.match(value.text):
                _try(value, escape, problems)
    elif keyword in _EXPANDED:
        for word in instruction.words:
            if not _HARMLESS.match(word.text):
                _try(word, escape, problems)
    if instruction.heredocs and keyword != "RUN":
        for heredoc in instruction.heredocs:
            if heredoc.expand and "$" in heredoc.content:
                try:
                    expand(heredoc.content, _anything, keep_quotes=True)
                except ExpansionError as error:
                    problems.append(Problem(f"this heredoc cannot be expanded: {error.reason}", heredoc.operator))


def _anything(name: str) -> Unknown:
    return UNKNOWN


def _try(word: Word, escape: str, problems: Problems) -> None:
    text = word.text
    try:
        expand(text, _anything, escape)
    except ExpansionError as error:
        shown = text if len(text) < 60 else text[:57] + "..."
        problems.append(Problem(f"{shown} cannot be expanded: {error.reason}", word.span))


def _unknown(instruction: Instruction) -> str:
    from copylast.dockerfile.spelling import hint

    keyword = instruction.keyword
    if not keyword:
        return "an escape character stands alone here and continues nothing"
    if keyword in ("&&", "||", "|", ";") or keyword.startswith("-"):
        return f"unknown instruction {keyword}; the line above lacks an escape character at its end"
    return f"unknown instruction {keyword}{hint(keyword, _NAMES)}"


def _where(instruction: Instruction) -> Span:
    """The keyword, for what is missing behind it."""
    return instruction.keyword_span


def _from(instruction: Instruction, problems: Problems) -> None:
    words = instruction.words
    if not words:
        problems.append(Problem("FROM needs an image, for example FROM debian:12", _where(instruction)))
    elif len(words) == 3 and words[1].text.lower() == "as":
        if not _STAGE_NAME.match(words[2].text.lower()):
            message = f"{words[2].text} cannot name a stage: a letter first, then letters, digits, '-', '_' and '.'"
            problems.append(Problem(message, words[2].span))
    elif len(words) != 1:
        message = "FROM takes an image, or an image, AS and a name"
        problems.append(Problem(message, Span(words[1].span.start, words[-1].span.end)))


def _one(instruction: Instruction, problems: Problems) -> None:
    if not instruction.words:
        problems.append(Problem(f"{instruction.keyword} needs an argument", _where(instruction)))


# The module of values is imported where it is needed: few files need it, and every start would pay.


def _stop_signal(instruction: Instruction, problems: Problems) -> None:
    from copylast.dockerfile.values import is_signal

    _one(instruction, problems)
    for word in instruction.words:
        if _PLAIN.match(word.text) and not is_signal(word.text):
            problems.append(Problem(f"{word.text} is not a signal", word.span))


def _expose(instruction: Instruction, problems: Problems) -> None:
    from copylast.dockerfile.values import port_problem

    _one(instruction, problems)
    for word in instruction.words:
        if _PLAIN.match(word.text):
            message = port_problem(word.text)
            if message:
                problems.append(Problem(message, word.span))


def _volume(instruction: Instruction, problems: Problems) -> None:
    _one(instruction, problems)
    for word in instruction.words:
        if not word.text.strip(SPACE):
            problems.append(Problem("VOLUME cannot be an empty string", word.span))


def _copy(instruction: Instruction, problems: Problems) -> None:
    words, keyword = instruction.words, instruction.keyword
    if len(words) < 2:
        message = f"{keyword} has no destination" if words else f"{keyword} needs a source and a destination"
        problems.append(Problem(message, words[0].span if words else _where(instruction)))
    elif "<<" in words[-1].text and _heredoc(words[-1]):
        problems.append(Problem(f"the destination of {keyword} cannot be a heredoc", words[-1].span))


def _run(instruction: Instruction, problems: Problems) -> None:
    if instruction.json and not instruction.words:
        problems.append(Problem("RUN [] names no command", _where(instruction)))


def _add(instruction: Instruction, problems: Problems) -> None:
    _copy(instruction, problems)
    flag = instruction.flag("checksum") if instruction.flags else None
    sources = instruction.words[:-1]
    if flag is None or not flag.value or not sources or not all(_PLAIN.match(word.text) for word in sources):
        return
    if not any(_ADDRESS.match(word.text) for word in sources):
        message = "--checksum is for what is downloaded, and nothing here is"
        problems.append(Problem(message, flag.span))
    elif _PLAIN.match(flag.value) and not any(".git" in word.text or "git@" in word.text for word in sources):
        from copylast.dockerfile.images import digest_problem

        wrong = digest_problem(flag.value)
        if wrong is not None:
            problems.append(Problem(wrong, flag.span))


def _heredoc(word: Word) -> bool:
    try:
        return parse_heredoc(word.text) is not None
    except ExpansionError:
        return False


def _shell(instruction: Instruction, problems: Problems) -> None:
    if not instruction.words:
        problems.append(Problem("SHELL needs at least one argument", _where(instruction)))
    elif not instruction.json:
        message = 'SHELL takes a JSON array, for example ["/bin/sh", "-c"]'
        problems.append(Problem(message, instruction.words[0].span))


def _onbuild(instruction: Instruction, problems: Problems) -> None:
    inner = instruction.nested
    if inner is None:
        problems.append(Problem("ONBUILD needs an instruction", _where(instruction)))
    elif inner.keyword in ("ONBUILD", "FROM", "MAINTAINER"):
        problems.append(Problem(f"ONBUILD cannot hold {inner.keyword}", inner.keyword_span))


def _health(instruction: Instruction, problems: Problems) -> None:
    words = instruction.words
    if not words:
        problems.append(Problem("HEALTHCHECK needs CMD and a command, or NONE", _where(instruction)))
        return
    kind = words[0].text.upper()
    if kind == "NONE":
        if len(words) > 1:
            problems.append(Problem("HEALTHCHECK NONE takes no arguments", words[1].span))
    elif kind != "CMD":
        message = f"HEALTHCHECK takes CMD or NONE, not {words[0].text}"
        problems.append(Problem(message, words[0].span))
    elif len(words) == 1:
        problems.append(Problem("HEALTHCHECK CMD has no command", words[0].span))


_EXPANDED = frozenset("FROM COPY ADD WORKDIR USER STOPSIGNAL VOLUME EXPOSE".split())
_COMMANDS = frozenset({"RUN", "CMD", "ENTRYPOINT"})
_CHECKERS: dict[str, Callable[[Instruction, Problems], None]] = {
    "ADD": _add,
    "ARG": _one,
    "COPY": _copy,
    "ENV": _one,
    "EXPOSE": _expose,
    "FROM": _from,
    "HEALTHCHECK": _health,
    "LABEL": _one,
    "MAINTAINER": _one,
    "ONBUILD": _onbuild,
    "RUN": _run,
    "SHELL": _shell,
    "STOPSIGNAL": _stop_signal,
    "USER": _one,
    "VOLUME": _volume,
    "WORKDIR": _one,
}
