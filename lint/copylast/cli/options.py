"""From parsed arguments to a layer of configuration and a style."""

from __future__ import annotations

import os
import sys

from copylast.cli.plain import Options
from copylast.engine.error import ConfigError
from copylast.engine.layer import Layer, checked
from copylast.output.run import Style
from copylast.typed import Any

_LISTS = {
    "select": "select",
    "extend_select": "extend-select",
    "ignore": "ignore",
    "fixable": "fixable",
    "unfixable": "unfixable",
    "exclude": "exclude",
    "no_plugin": "disable-plugins",
}
_PLAIN = {
    "fail_level": "fail-level",
    "builder": "builder",
    "format": "format",
    "unsafe_fixes": "unsafe-fixes",
    "force_exclude": "force-exclude",
}


def overrides(options: Options) -> Layer:
    """The options that are also keys of the configuration. Raises :class:`ConfigError`."""
    values: dict[str, Any] = {}
    for name, key in _LISTS.items():
        given: list[str] | None = getattr(options, name, None)
        if given:
            values[key] = tuple(word for text in given for word in text.replace(",", " ").split())
    for name, key in _PLAIN.items():
        value = getattr(options, name, None)
        if value is not None:
            values[key] = value
    if getattr(options, "no_respect_gitignore", False):
        values["respect-gitignore"] = False
    arguments = build_arguments(getattr(options, "build_arg", None) or ())
    if arguments:
        values["build-args"] = arguments
    names = {key: name for name, key in (*_LISTS.items(), *_PLAIN.items())}

    def option(key: str) -> str:
        return "--" + names.get(key, key).replace("_", "-")

    return checked(Layer(values, "command line", "", name=option))


def build_arguments(given: Any) -> dict[str, str]:
    """The values of ``--build-arg``. Raises :class:`ConfigError`."""
    arguments: dict[str, str] = {}
    for text in given:
        name, sign, value = str(text).partition("=")
        if not name:
            raise ConfigError("--build-arg", f'"{text}" is not KEY=VALUE')
        if sign:
            arguments[name] = value
        elif name in os.environ:
            # As docker build does: the name alone takes the value from the environment.
            arguments[name] = os.environ[name]
    return arguments


def number(count: int | None) -> int:
    """How often a counting flag was given."""
    return count or 0


def style_of(options: Options, stream: Any = None) -> Style:
    """How to write to ``stream``; None is a file, without colours and as wide as it likes."""
    terminal = stream is not None and stream.isatty()
    return Style(
        color=stream is not None and _color(options.color, terminal),
        unicode=stream is None or _unicode(stream),
        width=_width(stream) if terminal else 0,
        show_fixes=getattr(options, "show_fixes", False),
        statistics=getattr(options, "statistics", False),
        quiet=number(options.quiet),
    )


def _color(choice: str | None, terminal: bool) -> bool:
    if choice in ("always", "never"):
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return os.environ["FORCE_COLOR"] != "0"
    return terminal and os.environ.get("TERM") != "dumb"


def _unicode(stream: Any) -> bool:
    encoding = getattr(stream, "encoding", None) or "ascii"
    try:
        "…\ufffd".encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _width(stream: Any) -> int:
    try:
        return int(os.environ.get("COLUMNS", "")) or os.get_terminal_size(stream.fileno()).columns
    except (ValueError, OSError):
        pass
    try:
        return os.get_terminal_size((stream or sys.stdout).fileno()).columns
    except (ValueError, OSError):
        return 80
