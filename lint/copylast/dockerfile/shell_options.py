"""The options of shells and of ``set``, and which script a shell is given."""

from __future__ import annotations

from collections.abc import Sequence

from copylast.dockerfile.shell_tree import ShellWord
from copylast.dockerfile.shell_wrappers import program
from copylast.records import NamedTuple

SHELLS = frozenset({"sh", "bash", "ash", "dash", "zsh", "ksh", "mksh"})

_OPTION_LETTERS = {
    "errexit": "e",
    "xtrace": "x",
    "nounset": "u",
    "noglob": "f",
    "verbose": "v",
    "noexec": "n",
    "allexport": "a",
    "noclobber": "C",
    "errtrace": "E",
    "hashall": "h",
    "monitor": "m",
}
_SHELL_VALUED = frozenset({"--rcfile", "--init-file", "-O", "+O"})


class Given(NamedTuple):
    """The script that a shell was given: ``word`` is its index, -1 for standard input.

    ``login`` is True if the shell starts in another directory (``su -``).
    """

    word: int
    options: frozenset[str]
    login: bool


def option_letter(name: str) -> str:
    """An option of ``set -o`` by its letter, where it has one."""
    return _OPTION_LETTERS.get(name, name)


def given_script(words: Sequence[ShellWord]) -> Given | None:
    """What the shell command ``words`` runs: a string, standard input, or None: a file or nothing known."""
    name = program(words[0])
    if name == "su" or name == "runuser":
        return _given_su(words)
    if name not in SHELLS:
        return None
    index, letters, options = shell_options([word.value or "" for word in words])
    if "c" in letters:
        return Given(index, options, False) if index < len(words) else None
    return Given(-1, options, False) if "s" in letters or index >= len(words) else None


def shell_options(words: Sequence[str]) -> tuple[int, set[str], frozenset[str]]:
    """Read the options of the shell command ``words``.

    Gives the index of the first word behind them, all letters, and those of them that ``set`` knows too
    (with the long names of ``-o``).
    """
    letters: set[str] = set()
    options: set[str] = set()
    index = 1
    while index < len(words):
        word = words[index]
        if word[:1] not in ("-", "+") or word in ("-", "--"):
            index += word in ("-", "--")
            break
        index += 1
        if word in _SHELL_VALUED:
            index += 1
        elif not word.startswith("--"):
            named = words[index] if "o" in word and index < len(words) else ""
            index += named != ""
            if word[0] == "-":
                letters.update(word[1:])
                if named:
                    options.add(option_letter(named))
    return index, letters, frozenset(options | letters - set("cosil"))


def _given_su(words: Sequence[ShellWord]) -> Given | None:
    """The string behind ``-c`` of ``su`` and ``runuser``."""
    found = -1
    login = False
    for index in range(1, len(words)):
        value = words[index].value
        if value in ("-", "-l", "--login"):
            login = True
        if found < 0 and value in ("-c", "--command", "-lc", "--session-command"):
            login = login or value == "-lc"
            found = index + 1
    return Given(found, frozenset(), login) if 0 < found < len(words) else None


def option_changes(words: Sequence[ShellWord]) -> tuple[set[str], set[str]]:
    """The options that ``set ...`` turns on and off."""
    on: set[str] = set()
    off: set[str] = set()
    index = 1
    while index < len(words):
        value = words[index].value or ""
        if value in ("--", "-") or value[:1] not in ("-", "+"):
            break
        into = on if value[0] == "-" else off
        into.update(letter for letter in value[1:] if letter != "o")
        if "o" in value and index + 1 < len(words):
            index += 1
            into.add(option_letter(words[index].value or ""))
        index += 1
    return on, off
