"""The command line as argparse reads it: help, abbreviations, and what is wrong with it."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from importlib import import_module

from copylast import __version__
from copylast.cli.plain import COMMANDS, Options, global_flags, module_of
from copylast.typed import Any, NoReturn

_EPILOG = """\
exit codes: 0 no findings at or above the fail level, 1 findings, 2 the job could not be done
"""


def parse(arguments: Sequence[str]) -> Options:
    """What the words say. Raises SystemExit for mistakes and ``--help``."""
    return _parser(arguments).parse_args(arguments, Options())


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """Without a width argparse imports shutil, with bz2 and lzma, for every argument that is added."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=_width())


def _width() -> int:
    try:
        return int(os.environ.get("COLUMNS", "")) - 2
    except ValueError:
        pass
    try:
        return os.get_terminal_size().columns - 2
    except OSError:
        return 78


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are one line."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("formatter_class", _Formatter)
        super().__init__(**options)

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"copylast: {message}; see {self.prog} --help\n")


def _parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    parser = _Parser(
        prog="copylast",
        description="A Dockerfile linter and fixer for layer caching: what changes most comes last.",
        epilog=_EPILOG,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"copylast {__version__}")
    common = _Parser(add_help=False, argument_default=argparse.SUPPRESS)
    global_flags(common)
    global_flags(parser)
    # Given here, or argparse formats a help text to find it, and imports shutil with bz2 and lzma for that.
    commands = parser.add_subparsers(
        prog="copylast", dest="command", metavar="COMMAND", required=True, parser_class=_Parser
    )
    asked = next((word for word in arguments if word in COMMANDS), None)
    for name, about in COMMANDS.items():
        # Only the command that is asked for is described: building all costs start-up time.
        wanted = name == asked
        if asked is not None and not wanted:
            continue
        command = commands.add_parser(
            name,
            help=about,
            description=about[0].upper() + about[1:] + ".",
            allow_abbrev=False,
            parents=[common] if wanted else [],
        )
        if wanted:
            import_module(module_of(name)).arguments(command)
    return parser
