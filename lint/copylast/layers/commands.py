"""What one command of a RUN means for the cache: what it reads of the project and what it writes there.

Only what is known for sure counts as closed; everything else may read any file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from copylast.dockerfile.shell import Command
from copylast.ecosystem.descriptor import Match
from copylast.ecosystem.readers import Closure
from copylast.layers.paths import join, overlap

Role = Literal["install", "free", "carry", "build", "open"]
"""``install``: reads what its closure names. ``free``: reads no project file. ``carry``: free, but what it
sets holds for the commands after it (``cd``, ``export``). ``build``: needs the project. ``open``: may read
anything."""


class Facts(NamedTuple):
    """One command, classified. ``cwd`` is an image path, None where it is not known."""

    command: Command
    role: Role
    match: Match | None
    cwd: str | None
    closure: Closure | None
    why: str
    """For ``open`` and ``build``: what cannot be known, in a few words."""


def command_name(fact: Facts) -> str:
    """How people call the command: program and subcommand (``pip install``)."""
    if fact.match is None:
        return fact.command.argv[0] if fact.command.words else "the shell"
    return " ".join((fact.match.program, *fact.match.subcommand))


_CARRY = frozenset({"cd", "set", "export", "pushd", "popd", "unset"})
_FREE = frozenset("echo printf true : sleep mkdir date uname id whoami pwd hash".split())
_SYSTEM = frozenset(
    "useradd adduser groupadd addgroup usermod groupmod userdel groupdel update-ca-certificates ldconfig"
    " locale-gen dpkg-reconfigure update-alternatives gpg apt-key add-apt-repository a2enmod a2dismod a2ensite sysctl"
    " update-locale localedef debconf-set-selections setcap".split()
)
"""Programs that work on the system's own files only, wherever they run."""


def effects_of_shell(command: Command) -> Role | None:
    """The role of a built-in or system command, None if it is none of those."""
    argv = command.argv
    if not argv:
        return "carry" if command.environment else "free"
    name = argv[0].rsplit("/", 1)[-1]
    if name in _CARRY:
        return "carry"
    if name in _FREE or name in _SYSTEM:
        return "free"
    if name == "rm" and len(argv) > 1:
        return "free" if all(a.startswith("-") or _cache_path(a) for a in argv[1:]) else None
    if name == "git" and "config" in argv[1:2] and any(a in ("--global", "--system") for a in argv):
        return "free"
    if name in ("command", "type", "which") and len(argv) > 1:
        return "free"
    return None


def _cache_path(path: str) -> bool:
    """True for places that hold only caches and package lists, never a file of the project."""
    return path.startswith(_CACHES) or path in ("/tmp", "/var/tmp/*")


_CACHES = (
    "/var/lib/apt/lists", "/var/cache/", "/tmp/", "/root/.cache", "/root/.npm", "~/.cache", "~/.npm", "$HOME/.cache",
)  # fmt: skip


def stays_outside(fact: Facts, trees: Sequence[str]) -> bool:
    """True if no redirect, no ``mkdir`` and no path given to a tool lies in one of the image paths ``trees``.

    A file written below a tree that a COPY lays would change places with the copied one.
    """
    command, cwd = fact.command, fact.cwd
    plain = {r: r.operator.lstrip("0123456789&") for r in command.redirects}
    targets = [r.target.value for r, operator in plain.items() if operator in (">", ">>", ">|", "<", "<>")]
    if command.argv[:1] == ("mkdir",):
        targets += [word.value for word in command.words[1:] if not word.raw.startswith("-")]
    if fact.role == "free" and fact.match is not None:
        targets += paths_of(fact.match)
    for target in targets:
        if target is None or "$" in target or (not target.startswith("/") and cwd is None):
            return False
        path = join(cwd or "/", target)
        if path is None:
            return False
        if path.startswith("/dev/"):
            continue
        if any(overlap(path, tree) for tree in trees):
            return False
    return True


def paths_of(match: Match) -> list[str]:
    """The arguments of a command that are written as paths."""
    given = [*match.positional, *(value for values in match.options.values() for value in values)]
    return [word for word in given if word.startswith((".", "/", "~"))]


def dynamic(command: Command) -> bool:
    """True if a word of the command is only known to the running shell."""
    return any(word.value is None for word in command.words)


def environment_of(command: Command, base: Mapping[str, str | None]) -> dict[str, str | None]:
    """The variables that the command sees: the step's, with the command's own prefixes."""
    found = dict(base)
    for name, word in command.environment:
        value = word.value
        found[name] = None if value is None or "$" in value else value
    return found
