"""Commands that run another command: which words are theirs, and where the other one begins."""

from __future__ import annotations

from collections.abc import Sequence

from copylast.dockerfile.shell_tree import ShellWord
from copylast.records import NamedTuple
from copylast.regexes import lazy_regex

_ASSIGN = lazy_regex(r"([A-Za-z_][A-Za-z0-9_]*)=")


class Wrapper(NamedTuple):
    """How a wrapper's arguments end.

    ``valued`` are its options whose value is the next word, ``positionals`` how many words of its own
    come after them, ``assigns`` whether ``NAME=value`` may follow, ``refused`` the options with which it
    runs no command, ``moves`` those that name the directory to run it in.
    """

    valued: frozenset[str] = frozenset()
    positionals: int = 0
    assigns: bool = False
    refused: frozenset[str] = frozenset()
    moves: frozenset[str] = frozenset()


def _wrapper(
    valued: str = "", positionals: int = 0, assigns: bool = False, refused: str = "", moves: str = ""
) -> Wrapper:
    return Wrapper(
        frozenset(valued.split()), positionals, assigns, frozenset(refused.split()), frozenset(moves.split())
    )


WRAPPERS: dict[str, Wrapper] = {
    "builtin": _wrapper(),
    "busybox": _wrapper(refused="--list --install --help"),
    "catchsegv": _wrapper(),
    "chronic": _wrapper(),
    "command": _wrapper(refused="-v -V"),
    "doas": _wrapper("-u -C -a", refused="-L -s"),
    "dumb-init": _wrapper("-r --rewrite"),
    "eatmydata": _wrapper(),
    "env": _wrapper(
        "-u --unset -C --chdir -a --argv0", assigns=True, refused="-S --split-string", moves="-C --chdir"
    ),
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
        moves="-D --chdir",
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
            if value in wrapper.moves and index + 1 < size:
                directories.append(words[index + 1].value)
            index += 1
        elif wrapper.moves and value.startswith("--chdir="):
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
