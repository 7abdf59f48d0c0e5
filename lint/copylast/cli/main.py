"""The entry point: which command, global flags, and how a run ends."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from copylast.cli.plain import Options, module_of, read_plain
from copylast.engine.error import ConfigError
from copylast.rule.entry_points import PluginError


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
        options = read_plain(arguments) or _parse(arguments)
        run = import_module(module_of(options.command)).run
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


def _parse(arguments: Sequence[str]) -> Options:
    from copylast.cli.parser import parse

    return parse(arguments)


def _tolerant_output() -> None:
    for stream in (sys.stdout, sys.stderr):
        # A path that is not UTF-8 or a terminal without Unicode must not end the run.
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
