"""What one command of a RUN means for the cache: what it reads of the project and what it writes there.

Only what is known for sure counts as closed; everything else may read any file.
"""

from __future__ import annotations

from collections.abc import Mapping

from copylast.dockerfile.shell import Command
from copylast.ecosystem.descriptor import Match
from copylast.ecosystem.readers import Closure
from copylast.records import NamedTuple
from copylast.typed import Literal

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
_FREE = frozenset("echo printf true false : exit sleep mkdir date uname id whoami pwd hash".split())
SYSTEM_PROGRAMS = frozenset(
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
    if name in _FREE or name in SYSTEM_PROGRAMS:
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


def paths_of(match: Match) -> list[str]:
    """The arguments of a command that are written as paths."""
    given = [*match.positional, *(value for values in match.options.values() for value in values)]
    return [word for word in given if word.startswith((".", "/", "~"))]


_ASIDE = frozenset({"cache", "config", "set", "get", "version", "--version", "-v", "-V", "env", "debug"})


def works_aside(match: Match) -> bool:
    """True for a command of a package manager that only looks at, sets or clears its own settings and cache."""
    if match.kind != "noop" or not match.subcommand:
        return False
    said = " ".join((match.program, *match.subcommand))
    return match.subcommand[0] in _ASIDE or any(said in cache.drop_flags for cache in match.ecosystem.caches)


def dynamic(command: Command) -> bool:
    """True if a word of the command is only known to the running shell."""
    return None in [word.value for word in command.words]


def environment_of(command: Command, base: Mapping[str, str | None]) -> dict[str, str | None]:
    """The variables that the command sees: the step's, with the command's own prefixes."""
    found = dict(base)
    for name, word in command.environment:
        value = word.value
        found[name] = None if value is None or "$" in value else value
    return found
