"""The settings that count in a folder, under one command line and environment."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from copylast.engine.config import Configs, read_config
from copylast.engine.error import ConfigError
from copylast.engine.layer import Layer, from_assignment, from_environment
from copylast.engine.settings import Settings


class SettingsStack:
    """Command line over environment over the nearest file over the defaults."""

    def __init__(
        self,
        overrides: Layer | None = None,
        config: Sequence[str] = (),
        isolated: bool = False,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """``config`` are files or ``KEY=VALUE``; with ``isolated`` no file is read. Raises :class:`ConfigError`."""
        self._isolated = isolated
        self._configs = Configs()
        self._known: dict[tuple[int, ...], Settings] = {}
        self._told: tuple[Layer, ...] | None = None
        self._above: list[Layer] = []
        variables = from_environment(environment or {})
        if variables is not None:
            self._above.append(variables)
        for one in config:
            if "=" in one and not os.path.exists(one):
                self._above.append(from_assignment(one))
            elif self._told is not None:
                raise ConfigError("--config", f'"{one}" is a second file; one can be given')
            elif isolated:
                raise ConfigError("--config", f'"{one}" is a file, and --isolated reads none')
            else:
                self._told = read_config(one)
        if overrides is not None:
            self._above.append(overrides)

    def settings(self, folder: str) -> Settings:
        """The settings for Dockerfiles in ``folder``; the same object for the same files. Raises ConfigError."""
        below: tuple[Layer, ...] = ()
        if not self._isolated:
            below = self._configs.nearest(folder) if self._told is None else self._told
        key = tuple(map(id, below))
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = Settings([*below, *self._above])
        return known
