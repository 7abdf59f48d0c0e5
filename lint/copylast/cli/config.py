"""``copylast config``: the settings that count here, their schema, and a file to begin with."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Sequence

from copylast.cli.options import overrides
from copylast.cli.plain import Options
from copylast.engine.error import ConfigError
from copylast.engine.keys import KEYS
from copylast.engine.schema import config_schema
from copylast.engine.settings import DEFAULTS, Settings
from copylast.engine.stack import SettingsStack
from copylast.typed import cast

_NAME = "copylast.toml"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    one = actions.add_parser("show", help="the settings that count for a file or folder, and where they come from")
    one.add_argument("path", nargs="?", default=".", metavar="PATH")
    actions.add_parser("schema", help="the JSON schema of the configuration file")
    actions.add_parser("init", help=f"write a {_NAME} with every key, commented out")


def run(options: Options) -> int:
    """Raises ConfigError."""
    if options.action == "schema":
        print(json.dumps(config_schema(), indent=2))
    elif options.action == "init":
        _init()
    else:
        stack = SettingsStack(overrides(options), tuple(options.config or ()), bool(options.isolated), os.environ)
        path = os.path.abspath(options.path)
        settings = stack.settings(path if os.path.isdir(path) else os.path.dirname(path))
        print(show(settings, options.path), end="")
    return 0


def show(settings: Settings, path: str | None) -> str:
    """Every key as TOML, with the place that it comes from."""
    lines = [f"# settings for {path}" if path is not None else "# settings"]
    for name, setting in settings.all.items():
        where = ", ".join(layer.name(name) if layer.name else layer.where for layer in setting.layers) or "default"
        lines.append(f"{name} = {_toml(setting.value)}  # {where}")
    return "\n".join(lines) + "\n"


def _init() -> None:
    try:
        with open(_NAME, "x", encoding="utf-8") as stream:
            stream.write(initial())
    except FileExistsError:
        raise ConfigError(_NAME, "is there already") from None
    print(f"{_NAME} written")


def initial() -> str:
    """A configuration file that changes nothing."""
    lines = ["# Configuration of copylast. Every key is shown with its default.\n"]
    for name, key in KEYS.items():
        if name == "extends":
            continue
        default = DEFAULTS[name]
        lines.append(f"# {key.about}")
        if isinstance(default, dict):
            lines.append(f"# [{name}]\n")
        else:
            lines.append(f"# {name} = {_toml(('ALL',) if default is None else default)}\n")
    return "\n".join(lines)


def _toml(value: object) -> str:
    if value is None:
        return '"default"'
    if isinstance(value, (tuple, list)):
        return "[" + ", ".join(_toml(item) for item in cast("Sequence[object]", value)) + "]"
    if isinstance(value, dict):
        table = cast("dict[str, object]", value)
        inside = ", ".join(f"{json.dumps(name)} = {_toml(one)}" for name, one in table.items())
        return "{ " + inside + " }" if inside else "{}"
    return json.dumps(value)
