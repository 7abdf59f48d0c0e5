"""Configuration files: which one counts for a folder, and reading it.

The nearest file wins and nothing is merged, unless it says ``extends``. The search goes up to the
project's top (the folder with ``.git``), or to the root of the file system where there is none.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from copylast.engine.error import ConfigError, Place
from copylast.engine.layer import Layer, checked
from copylast.ondisk import absolute
from copylast.regexes import lazy_regex
from copylast.typed import Any, cast

_NAMES = (".copylast.toml", "copylast.toml", "pyproject.toml", "setup.cfg")
_AT = lazy_regex(r" \(at line (\d+), column (\d+)\)$")


class Configs:
    """Finds and reads configuration files, each folder and file once."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[Layer, ...]] = {}

    def nearest(self, folder: str) -> tuple[Layer, ...]:
        """The layers of the file that counts in ``folder``, what it extends first; empty if there is none.

        Raises :class:`ConfigError`.
        """
        folder = absolute(folder)
        known = self._found.get(folder)
        if known is not None:
            return known
        layers = _own(folder)
        if layers is None:
            parent = os.path.dirname(folder)
            if parent == folder or os.path.lexists(os.path.join(folder, ".git")):
                layers = ()
            else:
                layers = self.nearest(parent)
        self._found[folder] = layers
        return layers


def project_of(folder: str, known: dict[str, str | None] | None = None) -> str:
    """The project's top: the nearest folder at or above ``folder`` with ``.git``, else the working directory.

    ``known`` remembers the tops of folders (None: there is none) over several calls.
    """
    start = absolute(folder)
    top = _top(start, {} if known is None else known)
    if top is not None:
        return top
    here = os.getcwd()
    return here if start == here or start.startswith(here.rstrip("/") + "/") else start


def _top(folder: str, known: dict[str, str | None]) -> str | None:
    asked: list[str] = []
    found: str | None = None
    while folder not in known:
        asked.append(folder)
        parent = os.path.dirname(folder)
        if os.path.lexists(os.path.join(folder, ".git")):
            found = folder
            break
        if parent == folder:
            break
        folder = parent
    else:
        found = known[folder]
    known.update(dict.fromkeys(asked, found))
    return found


def _own(folder: str) -> tuple[Layer, ...] | None:
    for name in _NAMES:
        path = os.path.join(folder, name)
        if os.path.isfile(path):
            layers = read_config(path, required=not name.endswith(("pyproject.toml", "setup.cfg")))
            if layers:
                return layers
    return None


def read_config(path: str, required: bool = True, above: tuple[str, ...] = ()) -> tuple[Layer, ...]:
    """The layers of one file, what it extends first.

    ``required`` is False for files that may have nothing to do with copylast: then the result can be
    empty. Raises :class:`ConfigError`.
    """
    shown = os.path.relpath(path)
    shown = path if shown.startswith("..") else shown
    try:
        with open(path, encoding="utf-8-sig", newline="") as stream:
            text = stream.read()
    except OSError as error:
        raise ConfigError(shown, f"cannot be read: {(error.strerror or str(error)).lower()}") from None
    except UnicodeDecodeError:
        raise ConfigError(shown, "is not UTF-8") from None
    if not required and "copylast" not in text:
        return ()
    if path.endswith(".cfg"):
        layer = _ini(text, shown, path)
    else:
        layer = _toml(text, shown, path)
    if layer is None:
        return ()
    base = layer.values.get("extends")
    if base is None:
        return (layer,)
    target = os.path.normpath(os.path.join(layer.base, base))
    if target in (*above, absolute(path)):
        raise layer.error(["extends"], f'"{base}" leads back to this file')
    if not os.path.isfile(target):
        raise layer.error(["extends"], f'"{base}" does not exist')
    return (*read_config(target, True, (*above, absolute(path))), layer)


def _toml(text: str, shown: str, path: str) -> Layer | None:
    import tomllib

    try:
        # TOML forbids a lone CR, and a Windows line end is no reason to fail.
        data: Mapping[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        at = _AT.search(message)
        place = None
        if at is not None:
            line, column = int(at[1]), int(at[2])
            place = Place(line, column, text.split("\n")[line - 1].rstrip("\r"), 1)
        raise ConfigError(shown, f"is not TOML: {_AT.sub('', message)}", place) from None
    prefix: tuple[str, ...] = ()
    if os.path.basename(path) == "pyproject.toml":
        tool: object = data.get("tool")
        if not isinstance(tool, dict) or "copylast" not in tool:
            return None
        data, prefix = cast("Mapping[str, Mapping[str, Any]]", tool)["copylast"], ("tool", "copylast")
    return checked(Layer(data, shown, os.path.dirname(absolute(path)), text, prefix))


def _ini(text: str, shown: str, path: str) -> Layer | None:
    import configparser

    parser = configparser.RawConfigParser(delimiters=("=",), comment_prefixes=("#", ";"))
    # Build arguments and globs have capitals.
    setattr(parser, "optionxform", str)  # noqa: B010
    try:
        parser.read_string(text)
    except configparser.Error as error:
        raise ConfigError(shown, "is not an INI file: " + " ".join(str(error).split())) from None
    if not any(name == "copylast" or name.startswith("copylast:") for name in parser.sections()):
        return None
    values: dict[str, Any] = dict(parser["copylast"]) if parser.has_section("copylast") else {}
    for name in parser.sections():
        if name.startswith("copylast:"):
            table = values
            # [copylast:rules.NAME] is what [rules.NAME] is in TOML.
            for part in name.removeprefix("copylast:").split("."):
                table = table.setdefault(part, {})
            table.update(parser[name])
    layer = Layer(values, shown, os.path.dirname(absolute(path)), text, ("copylast",))
    return checked(layer, textual=True)
