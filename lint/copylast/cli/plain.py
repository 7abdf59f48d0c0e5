"""Command lines of the plain kind, read without argparse.

What a command takes is said once, in ``arguments(taker)`` of its module and in :func:`global_flags`. argparse is one
taker; importing it and building its parsers costs start-up time, and a hook runs on every commit.
:func:`read_plain` is the other: it understands a command with flags written out in full and its paths in one row,
and leaves everything else (help, abbreviations, mistakes) to argparse. A test compares the two.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import import_module

from copylast.records import NamedTuple
from copylast.typed import Any, Protocol

COMMANDS = {
    "check": "look for problems in Dockerfiles, and fix them",
    "layers": "show what each step reads and what invalidates it, and what a change rebuilds",
    "prove": "build before and after the fixes with a real docker, and compare",
    "explain": "say what a rule finds and why",
    "rules": "list all rules",
    "config": "show, describe or begin a configuration",
    "new-rule": "write a file with a rule to begin with",
}
"""Command -> what it is for. Each is a module of this package with ``arguments`` and ``run``."""


def module_of(command: str) -> str:
    """The module of a command."""
    return "copylast.cli." + command.replace("-", "_")


HIDDEN = "==SUPPRESS=="
"""``argparse.SUPPRESS``: the help of a flag that is not shown."""


class Options:
    """What was given on the command line, by the names of the flags; an argparse namespace."""

    def __init__(self, **values: object) -> None:
        self.__dict__.update(values)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)

    def __setattr__(self, name: str, value: object) -> None:
        self.__dict__[name] = value


class Group(Protocol):
    """Where flags are described that belong together in the help."""

    def add_argument(self, *names: str, **how: Any) -> object:
        """Take one flag or positional."""
        ...


class Taker(Group, Protocol):
    """What ``arguments`` of a command describes its flags to: an argparse parser, or what stands for one."""

    epilog: str | None
    """What ends the help."""

    def add_argument_group(self, title: str) -> Group:
        """Begin a group."""
        ...


def global_flags(taker: Taker) -> None:
    """Flags that may stand before or after the command."""
    add = taker.add_argument_group("global options").add_argument
    add("--config", action="append", metavar="FILE|KEY=VALUE", help="a configuration file, or one value")
    add("--isolated", action="store_true", help="read no configuration file")
    add("--no-plugin", action="append", metavar="NAME", help="do not load this plugin")
    add("--color", choices=("auto", "always", "never"), help="colours in the output")
    add("-q", "--quiet", action="count", help="no summary and no remarks, only findings and errors")
    add("-v", "--verbose", action="count", help="say more: contexts, remarks, tracebacks")
    for flag in ("--no-history", "--no-cache"):
        # Neither is used yet; scripts that ask for a run without them get just that.
        add(flag, action="store_true", help=HIDDEN)


class _Flag(NamedTuple):
    name: str
    action: str
    choices: Sequence[str] | None


class _Unusual(Exception):
    """Something that only argparse does."""


class _Table:
    """The flags and the positional of one command."""

    epilog: str | None = None

    def __init__(self) -> None:
        self.flags: dict[str, _Flag] = {}
        self.values: dict[str, object] = {}
        self.positional: tuple[str, str | None] | None = None

    def add_argument_group(self, title: str) -> _Table:
        del title
        return self

    def add_subparsers(self, **how: Any) -> Any:
        """A command with commands of its own is left to argparse."""
        raise _Unusual

    def add_argument(self, *names: str, **how: Any) -> None:
        action, choices, nargs = how.get("action", "store"), how.get("choices"), how.get("nargs")
        default = how.get("default", False if action == "store_true" else None)
        first = next((name for name in names if name.startswith("--")), names[0])
        name: str = how.get("dest") or first.lstrip("-").replace("-", "_")
        if not first.startswith("-"):
            if self.positional is not None or choices is not None:
                raise _Unusual
            self.positional = (name, nargs)
            self.values[name] = [] if default is None and nargs == "*" else default
            return
        self.values[name] = default
        if nargs is None and not how.keys() - {"action", "choices", "default", "dest", "metavar", "help"}:
            self.flags.update(dict.fromkeys(names, _Flag(name, action, choices)))


def read_plain(words: Sequence[str]) -> Options | None:
    """What ``words`` say, or None where argparse is needed to know."""
    if not words or words[0] not in COMMANDS:
        return None
    table = _Table()
    try:
        global_flags(table)
        import_module(module_of(words[0])).arguments(table)
        return Options(command=words[0], **_read(table, iter(words[1:])))
    except _Unusual:
        return None


def _read(table: _Table, words: Iterator[str]) -> dict[str, object]:
    values, row, closed = table.values, list[str](), False
    for word in words:
        if word == "-" or not word.startswith("-"):
            if closed or not word:
                raise _Unusual
            row.append(word)
            continue
        closed = bool(row)
        text, sign, value = word.partition("=")
        flag = table.flags.get(text)
        if flag is None:
            raise _Unusual
        values[flag.name] = _given(flag, values[flag.name], value if sign else None, words)
    if table.positional is not None:
        name, nargs = table.positional
        if row and nargs in ("*", "+"):
            values[name] = row
        elif row and len(row) == 1 and nargs in (None, "?"):
            values[name] = row[0]
        elif row or nargs not in ("*", "?"):
            raise _Unusual
    elif row:
        raise _Unusual
    return values


def _given(flag: _Flag, before: Any, value: str | None, words: Iterator[str]) -> object:
    """The value of a flag that was given, after what it had before."""
    if flag.action in ("store_true", "count"):
        if value is not None:
            raise _Unusual
        return True if flag.action == "store_true" else (before or 0) + 1
    if flag.action not in ("store", "append"):
        raise _Unusual
    if value is None:
        value = next(words, "")
        if value != "-" and value.startswith("-"):
            raise _Unusual
    if not value or (flag.choices is not None and value not in flag.choices):
        raise _Unusual
    return [*(before or ()), value] if flag.action == "append" else value
