"""The entry point: which command, global flags, and how a run ends."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

from copylast import __version__
from copylast.engine.error import ConfigError
from copylast.rule.entry_points import PluginError

COMMANDS = {
    "check": "look for problems in Dockerfiles, and fix them",
    "layers": "show what each step reads and what invalidates it, and what a change rebuilds",
    "prove": "build before and after the fixes with a real docker, and compare",
    "explain": "say what a rule finds and why",
    "rules": "list all rules",
    "config": "show, describe or begin a configuration",
}
"""Command -> what it is for. Each is a module of this package with ``arguments`` and ``run``."""

_EPILOG = """\
exit codes: 0 no findings at or above the fail level, 1 findings, 2 the job could not be done
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and give the exit code. Raises SystemExit only for usage errors and --help."""
    if argv is None:
        # A short-lived process: looking for cycles, while modules load and again at its end, is a tenth of it.
        gc.set_threshold(100_000, 20, 20)
        try:
            return _main(sys.argv[1:])
        finally:
            gc.freeze()
    return _main(argv)


def _main(arguments: Sequence[str]) -> int:
    _tolerant_output()
    try:
        options = _parser(arguments).parse_args(arguments)
        run = import_module(f"copylast.cli.{options.command}").run
        code = int(run(options))
        sys.stdout.flush()
        return code
    except (ConfigError, PluginError) as error:
        print(f"copylast: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader has gone (head, a pager): nothing is left to say, and Python must not try again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 141
    except OSError as error:
        # Standard output on a full disk, say.
        print(f"copylast: {error.strerror or error}", file=sys.stderr)
        return 2


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
    _global(common)
    _global(parser)
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
            import_module(f"copylast.cli.{name}").arguments(command)
    return parser


def _global(parser: argparse.ArgumentParser) -> None:
    """Flags that may stand before or after the command."""
    group = parser.add_argument_group("global options")
    group.add_argument("--config", action="append", metavar="FILE|KEY=VALUE", help="a configuration file, or one value")
    group.add_argument("--isolated", action="store_true", help="read no configuration file")
    group.add_argument("--no-plugin", action="append", metavar="NAME", help="do not load this plugin")
    group.add_argument("--color", choices=("auto", "always", "never"), help="colours in the output")
    group.add_argument("-q", "--quiet", action="count", help="no summary and no remarks, only findings and errors")
    group.add_argument("-v", "--verbose", action="count", help="say more: contexts, remarks, tracebacks")
    for flag in ("--no-history", "--no-cache"):
        # Neither is used yet; scripts that ask for a run without them get just that.
        group.add_argument(flag, action="store_true", help=argparse.SUPPRESS)


def _tolerant_output() -> None:
    for stream in (sys.stdout, sys.stderr):
        # A path that is not UTF-8 or a terminal without Unicode must not end the run.
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
