"""npm's configuration: flags, variables and .npmrc files.

Source: https://docs.npmjs.com/cli/using-npm/config (order: command line, environment, project, user).
"""

from __future__ import annotations

import re

from copylast import InstallRequest
from copylast_rules.readers.gathering import ABSENT, SETTINGS, Gathering
from copylast_rules.readers.places import join, shown

_FILES = ("cafile", "certfile", "keyfile", "globalconfig", "userconfig")


class Settings:
    """What is set, and where; :meth:`project` and :meth:`user` make the files needs."""

    def __init__(self, request: InstallRequest, g: Gathering) -> None:
        self._request = request
        self._g = g
        self._files: list[dict[str, str]] = []

    def flag(self, key: str, default: bool | None = None) -> bool | None:
        """A boolean setting; ``default`` where nobody sets it or its value is not known."""
        options = self._request.match.options
        if f"--no-{key}" in options:
            return False
        if f"--{key}" in options:
            return _truth(options[f"--{key}"][-1] or "true", default)
        wanted = f"npm_config_{key.replace('-', '_')}"
        for variable, value in self._request.environment.items():
            if variable.lower().replace("-", "_") == wanted:
                return _truth(value, default) if value else default
        for settings in self._files:
            if key in settings:
                return _truth(settings[key], default)
        return default

    def project(self, directory: str) -> None:
        """The .npmrc of the project."""
        self._file(join(directory, ".npmrc"))

    def user(self) -> None:
        """The user's .npmrc, where a step put one into the image from the context."""
        environment = self._request.environment
        named: str | None = self._request.match.options.get("--userconfig", ("",))[-1]
        named = named or environment.get("NPM_CONFIG_USERCONFIG") or environment.get("npm_config_userconfig")
        home = environment.get("HOME") or "/root"
        # What is read later counts more.
        for path in ("/usr/local/etc/npmrc", join(self._request.cwd, named) if named else f"{home}/.npmrc"):
            if path.startswith(("/", "?")):
                self._file(path)

    def _file(self, path: str) -> None:
        g = self._g
        if not g.need_if_there(path, "npm's settings"):
            return
        text = g.text(path, SETTINGS)
        settings: dict[str, str] = {}
        for number, line in enumerate((text or "").split("\n"), 1):
            line = line.strip()
            if not line or line[0] in "#;":
                continue
            key, equals, value = line.partition("=")
            key, value = key.strip(), value.strip().strip("\"'") if equals else "true"
            settings[key] = value
            bare = key.rsplit(":", 1)[-1]
            if bare in _FILES:
                self._named(path, number, bare, value)
            if bare in ("node-options", "script-shell", "shell", "node-gyp") and re.search(
                r"require|import|loader|/", value
            ):
                g.refuse(SETTINGS, f"{bare} in {shown(path, g.cwd)} may read any file", path, number)
        self._files.insert(0, settings)

    def _named(self, path: str, number: int, key: str, value: str) -> None:
        """A setting that names a file."""
        where = f"{key} in {shown(path, self._g.cwd)}:{number}"
        if "$" in value or "~" in value:
            self._g.refuse(SETTINGS, f"{where} names a file by a variable", path, number)
            return
        full = join(self._request.cwd, value)
        if self._g.is_file(full):
            self._g.need(full, where)
        elif not value.startswith("/"):
            self._g.refuse(ABSENT, f"{full} is not in the build context ({where})", path, number)


def _truth(value: str, default: bool | None) -> bool | None:
    """npm's booleans; a variable is not known."""
    if "$" in value:
        return default
    return value.strip().lower() not in ("false", "0", "no", "null", "")
