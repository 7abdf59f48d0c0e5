"""Commands that run another command: which words are theirs, and where the other one begins."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from copylast.dockerfile.shell_tree import ShellWord

SHELLS = frozenset({"sh", "bash", "ash", "dash", "zsh", "ksh", "mksh"})

_ASSIGN = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=")


class Wrapper(NamedTuple):
    """How a wrapper's arguments end.

    ``valued`` are its options whose value is the next word, ``positionals`` how many words of its own
    come after them, ``assigns`` whether ``NAME=value`` may follow, ``refused`` the options with which it
    runs no command.
    """

    valued: frozenset[str] = frozenset()
    positionals: int = 0
    assigns: bool = False
    refused: frozenset[str] = frozenset()


def _wrapper(valued: str = "", positionals: int = 0, assigns: bool = False, refused: str = "") -> Wrapper:
    return Wrapper(frozenset(valued.split()), positionals, assigns, frozenset(refused.split()))


WRAPPERS: dict[str, Wrapper] = {
    "builtin": _wrapper(),
    "busybox": _wrapper(refused="--list --install --help"),
    "catchsegv": _wrapper(),
    "chronic": _wrapper(),
    "command": _wrapper(refused="-v -V"),
    "doas": _wrapper("-u -C -a", refused="-L -s"),
    "dumb-init": _wrapper("-r --rewrite"),
    "eatmydata": _wrapper(),
    "env": _wrapper("-u --unset -C --chdir -a --argv0", assigns=True, refused="-S --split-string"),
    "exec": _wrapper("-a"),
    "fakeroot": _wrapper("-l --lib -f --faked -i -s -b"),
    "gosu": _wrapper(positionals=1, refused="--help --version"),
    "ionice": _wrapper("-c --class -n --classdata -p"),
    "linux32": _wrapper(),
    "linux64": _wrapper(),
    "nice": _wrapper("-n --adjustment"),
    "nocache": _wrapper(),
    "nohup": _wrapper(),
    # There are many scripts of this name: a number, if one comes first, is how often they try.
    "retry": _wrapper("-t --tries --times -d --delay -m --max -n --retries -s --sleep", positionals=-1),
    "runuser": _wrapper("-u --user -g --group -G --supp-group -s --shell", refused="-c --command -l --login"),
    "setsid": _wrapper(),
    "stdbuf": _wrapper("-i -o -e --input --output --error"),
    "su-exec": _wrapper(positionals=1),
    "sudo": _wrapper(
        "-u --user -g --group -h --host -p --prompt -C --close-from -D --chdir -r --role -t --type -T "
        "--command-timeout -U --other-user -R --chroot",
        assigns=True,
        refused="-l --list -v --validate -e --edit -K --remove-timestamp",
    ),
    "time": _wrapper("-f --format -o --output", assigns=True),
    "timeout": _wrapper("-s --signal -k --kill-after", positionals=1),
    "tini": _wrapper("-p -e", refused="--version -h"),
    "unbuffer": _wrapper(),
    "xargs": _wrapper(
        "-I -n --max-args -P --max-procs -L -d --delimiter -E -s --max-chars -a --arg-file --process-slot-var"
    ),
    "xvfb-run": _wrapper(
        "-n --server-num -s --server-args -e --error-file -f --auth-file -p --xauth-protocol -w --wait",
        refused="--help",
    ),
}

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


class Unwrapped(NamedTuple):
    """``first`` is the index of the first word of the command that really runs.

    ``environment`` are the assignments that wrappers make, ``directories`` where they go before
    (None in it: not known), ``maybe`` is True if the command may not run at all (``xargs -r``).
    """

    first: int
    wrappers: tuple[str, ...]
    environment: tuple[tuple[str, ShellWord], ...]
    directories: tuple[str | None, ...]
    maybe: bool


def program(word: ShellWord) -> str:
    """The name of the program without its directory; empty if the value is not known."""
    value = word.value
    return "" if value is None else value.rpartition("/")[2]


def takes_next(option: str, valued: frozenset[str]) -> bool:
    """Whether the value of ``option`` (perhaps a cluster such as ``-Eu``) is the next word."""
    if option.startswith("--"):
        return option in valued
    for index in range(1, len(option)):
        if "-" + option[index] in valued:
            return index == len(option) - 1
    return False


def unwrap(words: Sequence[ShellWord]) -> Unwrapped:
    """Find the command behind all wrappers."""
    first = 0
    names: list[str] = []
    environment: list[tuple[str, ShellWord]] = []
    directories: list[str | None] = []
    maybe = False
    while first < len(words):
        name = program(words[first])
        wrapper = WRAPPERS.get(name)
        if wrapper is None:
            break
        added: list[tuple[str, ShellWord]] = []
        moved: list[str | None] = []
        after = _after(words, first + 1, wrapper, added, moved)
        if after >= len(words):
            break
        own = {word.value for word in words[first:after]}
        if name == "xargs" and own & {"-r", "--no-run-if-empty"}:
            maybe = True
        if name == "sudo" and own & {"-i", "--login"}:
            moved.append(None)
        names.append(name)
        environment += added
        directories += moved
        first = after
    return Unwrapped(first, tuple(names), tuple(environment), tuple(directories), maybe)


def _after(
    words: Sequence[ShellWord],
    index: int,
    wrapper: Wrapper,
    environment: list[tuple[str, ShellWord]],
    directories: list[str | None],
) -> int:
    """The index of the word behind a wrapper's own, the number of words if it runs no command."""
    size = len(words)
    while index < size:
        value = words[index].value
        if value is None or not value.startswith("-") or value == "-":
            break
        if value == "--":
            index += 1
            break
        if value in wrapper.refused or value.partition("=")[0] in wrapper.refused:
            return size
        if takes_next(value, wrapper.valued):
            if value in ("-C", "--chdir", "-D") and wrapper.assigns and index + 1 < size:
                directories.append(words[index + 1].value)
            index += 1
        elif value.startswith("--chdir="):
            directories.append(value[8:])
        index += 1
    while wrapper.assigns and index < size:
        match = _ASSIGN.match(words[index].raw)
        if not match:
            break
        word = words[index]
        value = None if word.value is None else word.value[match.end() :]
        environment.append((match[1], word._replace(raw=word.raw[match.end() :], value=value)))
        index += 1
    if wrapper.positionals < 0:
        while index < size and (words[index].value or "").isdigit():
            index += 1
        return index
    return index + wrapper.positionals


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
