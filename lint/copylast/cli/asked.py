"""From parsed arguments to a run, for the commands that read Dockerfiles."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from copylast.app import STDIN, Request
from copylast.cli.plain import Options
from copylast.engine.error import ConfigError
from copylast.engine.layer import Layer
from copylast.typed import Literal


def request_of(
    options: Options, paths: Sequence[str], mode: Literal["check", "fix", "diff"], layer: Layer, place: str
) -> Request:
    """The run that a command asks for; ``place`` is how its help calls the paths. Raises :class:`ConfigError`."""
    stdin_filename: str | None = getattr(options, "stdin_filename", None)
    if stdin_filename is not None and STDIN not in paths:
        raise ConfigError("", f"--stdin-filename is about standard input: give - as {place}")
    return Request(
        tuple(dict.fromkeys(paths)),
        mode,
        layer,
        tuple(options.config or ()),
        bool(options.isolated),
        options.context,
        options.target,
        _platform(options.platform),
        stdin_filename,
        sys.stdin.buffer.read,
        os.environ,
    )


def _platform(text: str | None) -> str | None:
    if text is None:
        return None
    from copylast.dockerfile.platforms import normal_platform

    found = normal_platform(text)
    if found is None:
        raise ConfigError("", f'--platform: "{text}" is not one platform, as linux/arm64 is')
    return found
