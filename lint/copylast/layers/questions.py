"""What ``[`` and ``test`` ask of the project: which files there are."""

from __future__ import annotations

from collections.abc import Sequence

from copylast.dockerfile.shell import Guard, ShellWord
from copylast.ecosystem.readers import Closure, Need, ProjectFiles, Refusal
from copylast.layers.paths import join

_FILES = {"-f": "file", "-s": "file", "-r": "", "-x": "", "-e": "", "-d": "dir"}
_TEXTS = frozenset({"-n", "-z", "-t", "-v"})
_COMPARISONS = frozenset("= == != < > -eq -ne -lt -le -gt -ge =~".split())
_JOINERS = frozenset({"!", "-a", "-o", "&&", "||", "(", ")"})


def files_asked(words: Sequence[ShellWord], cwd: str | None, files: ProjectFiles) -> Closure | None:
    """The files whose presence the question reads; None where that cannot be told.

    ``words`` are those of the command, ``cwd`` is the image path in which it runs. What was not copied from the
    context is no need: that it is not there is the same before and after.
    """
    rest = list(words[1:-1] if words and words[0].raw in ("[", "[[") else words[1:])
    needs: list[Need] = []
    refusals: list[Refusal] = []
    while rest:
        word = rest.pop(0)
        if word.raw in _JOINERS:
            continue
        if word.raw in _TEXTS and rest:
            rest.pop(0)
        elif word.raw in _FILES and rest and not (len(rest) > 1 and rest[0].raw in _COMPARISONS):
            path = _path(rest.pop(0), cwd)
            if path is None:
                return None
            kind = files.kind(path)
            if kind == "link":
                refusals.append(Refusal(11, f"{path} is a symbolic link", path))
            elif kind is not None:
                needs.append(Need(path, "stub" if kind == "dir" else "file", f"`{words[0].raw}` looks for it"))
        elif len(rest) > 1 and rest[0].raw in _COMPARISONS:
            del rest[:2]
        elif word.raw.startswith("-"):
            return None
    return Closure(tuple(needs), tuple(refusals))


def _path(word: ShellWord, cwd: str | None) -> str | None:
    if word.value is None or word.names or word.glob or word.value.startswith("~"):
        return None
    if cwd is None and not word.value.startswith("/"):
        return None
    return join(cwd or "/", word.value)


def answered_no(guards: Sequence[Guard], cwd: str | None, files: ProjectFiles) -> bool:
    """True if one of the questions has another answer than the command needs to be run.

    Only a question for one file counts: whether the project has it is known, as far as the context brings files.
    """
    return any(_answer(guard, cwd, files) is False for guard in guards)


def _answer(guard: Guard, cwd: str | None, files: ProjectFiles) -> bool | None:
    """Whether the answer is the one that is needed; None if nobody can say."""
    words = list(guard.words[1:-1] if guard.words[0].raw in ("[", "[[") else guard.words[1:])
    holds = guard.holds
    if words and words[0].raw == "!":
        words, holds = words[1:], not holds
    if len(words) != 2 or words[0].raw not in ("-f", "-e"):
        return None
    path = _path(words[1], cwd)
    if path is None or path.startswith("?") and cwd is None:
        return None
    kind = files.kind(path)
    if kind not in (None, "file"):
        return None
    return (kind == "file") == holds
