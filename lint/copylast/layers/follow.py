"""Commands that hide others: a Makefile's target, a script of the project. Followed one level, never run."""

from __future__ import annotations

from copylast.context.entry import ContextError
from copylast.dockerfile.shell import Command, split, split_script
from copylast.ecosystem.readers import ProjectFiles
from copylast.layers.makefile import NAMES, parse_makefile, recipe_of
from copylast.layers.paths import join
from copylast.records import NamedTuple

SHELLS = frozenset({"sh", "bash", "ash", "dash", "zsh", "ksh"})
_LIMIT = 400
"""A target or script with more commands is not followed."""


class Followed(NamedTuple):
    """The commands behind a command, the directory they start in, and the file that holds them (image path).

    ``plain`` is True if nothing but these commands runs and nothing but ``path`` is read to find them.
    """

    commands: tuple[Command, ...]
    cwd: str
    path: str
    plain: bool


def follow(command: Command, cwd: str, files: ProjectFiles) -> Followed | None:
    """What ``command``, run in ``cwd``, runs in turn; None if it hides nothing that can be found."""
    argv = command.argv
    if not argv:
        return None
    program = argv[0]
    name = program.rsplit("/", 1)[-1]
    if name in ("make", "gmake"):
        return _make(command, cwd, files)
    if name in SHELLS and len(argv) > 1:
        words = [word for word in argv[1:] if not word.startswith("-")]
        return _script(command, words[0], cwd, files) if words else None
    if "/" in program or name.endswith(".sh"):
        return _script(command, program, cwd, files)
    return None


def _make(command: Command, cwd: str, files: ProjectFiles) -> Followed | None:
    targets: list[str] = []
    names: tuple[str, ...] = NAMES
    words = iter(command.argv[1:])
    for word in words:
        if word in ("-C", "--directory", "-f", "--file"):
            value = next(words, None)
            if value is None or "$" in value:
                return None
            if word in ("-C", "--directory"):
                inner = join(cwd, value)
                if inner is None:
                    return None
                cwd = inner
            else:
                names = (value,)
        elif word.startswith("-j") and len(word) == 2:
            continue
        elif not word.startswith("-") and "=" not in word:
            targets.append(word)
    for name in names:
        path = join(cwd, name)
        if path is None or files.kind(path) != "file":
            continue
        try:
            makefile = parse_makefile(files.read(path))
        except ContextError:
            return None
        lines = recipe_of(makefile, targets)
        if lines is None:
            return None
        # Every line of a recipe has a shell of its own, so that a `cd` ends with it.
        commands = [c for line in lines for c in split(line, lambda _: command.span.start).commands]
        return _followed(commands, command, cwd, path, makefile.plain)
    return None


def _script(command: Command, word: str, cwd: str, files: ProjectFiles) -> Followed | None:
    if "$" in word:
        return None
    path = join(cwd, word)
    if path is None or files.kind(path) != "file":
        return None
    try:
        script = split_script(files.read(path), lambda _: command.span.start)
    except ContextError:
        return None
    if script.opaque is not None:
        return None
    return _followed(list(script.commands), command, cwd, path, True)


def _followed(commands: list[Command], outer: Command, cwd: str, path: str, plain: bool) -> Followed | None:
    if not commands or len(commands) > _LIMIT:
        return None
    placed = tuple(c._replace(span=outer.span, item=outer.item, group=outer.group + 1) for c in commands)
    return Followed(placed, cwd, path, plain)
