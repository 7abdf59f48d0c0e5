"""Layers of configuration put together: command line over environment over file over default."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from copylast.engine.layer import Layer
from copylast.records import NamedTuple
from copylast.typed import Any

# A later layer adds to these; every other key is replaced.
_ADDING = ("extend-select", "ignore", "unfixable")
_TABLES = ("per-file-ignores", "contexts", "build-args", "rules", "plugins")

DEFAULTS: Mapping[str, Any] = {
    "select": None,
    "extend-select": (),
    "ignore": (),
    "fixable": ("ALL",),
    "unfixable": (),
    "per-file-ignores": {},
    "fail-level": "warning",
    "unsafe-fixes": False,
    "format": "full",
    "exclude": (),
    "force-exclude": False,
    "respect-gitignore": True,
    "contexts": {},
    "builder": "buildkit",
    "build-args": {},
    "local-plugins": (),
    "require-plugins": (),
    "disable-plugins": (),
    "rules": {},
    "plugins": {},
}


class Setting(NamedTuple):
    """A value and the layers that made it, the last one first; no layer means that it is the default."""

    value: Any
    layers: tuple[Layer, ...] = ()


class Settings:
    """Every key with its value. Attributes are the values that the engine itself uses."""

    def __init__(self, layers: Sequence[Layer]) -> None:
        self.all = _merge(layers)
        value = {name: setting.value for name, setting in self.all.items()}
        self.select: tuple[str, ...] | None = value["select"]
        self.extend_select: tuple[str, ...] = value["extend-select"]
        self.ignore: tuple[str, ...] = value["ignore"]
        self.fixable: tuple[str, ...] = value["fixable"]
        self.unfixable: tuple[str, ...] = value["unfixable"]
        self.fail_level: str = value["fail-level"]
        self.unsafe_fixes: bool = value["unsafe-fixes"]
        self.format: str = value["format"]
        self.exclude: tuple[str, ...] = value["exclude"]
        self.force_exclude: bool = value["force-exclude"]
        self.respect_gitignore: bool = value["respect-gitignore"]
        self.builder: str = value["builder"]
        self.build_args: Mapping[str, str] = value["build-args"]
        self.local_plugins: tuple[str, ...] = value["local-plugins"]
        self.require_plugins: tuple[str, ...] = value["require-plugins"]
        self.disable_plugins: tuple[str, ...] = value["disable-plugins"]

    def layers(self, key: str) -> tuple[Layer, ...]:
        """The layers that set ``key``, the last one first."""
        return self.all[key].layers

    def by_glob(self, key: str) -> Iterable[tuple[str, str, Any]]:
        """The entries of a table whose keys are globs: folder of the file, glob, value; the last layer first."""
        for layer in self.all[key].layers:
            for glob, value in layer.values[key].items():
                yield layer.base, glob, value


def _merge(layers: Sequence[Layer]) -> dict[str, Setting]:
    merged = {name: Setting(value) for name, value in DEFAULTS.items()}
    for layer in layers:
        if "select" in layer.values:
            # Who says what runs says it anew: what was left out below no longer counts.
            for name in ("ignore", "extend-select"):
                merged[name] = Setting(DEFAULTS[name])
        for name, value in layer.values.items():
            if name == "extends":
                continue
            before = merged[name]
            if name in _ADDING:
                value = (*before.value, *value)
            elif name in _TABLES:
                value = _tables(before.value, value, name == "rules" or name == "plugins")
            elif name == "local-plugins":
                value = tuple(_local(layer, place) for place in value)
            merged[name] = Setting(value, (layer, *before.layers))
    return merged


def _tables(below: Mapping[str, Any], above: Mapping[str, Any], deep: bool) -> dict[str, Any]:
    merged = dict(below)
    for name, value in above.items():
        old = merged.get(name)
        if deep and isinstance(old, Mapping) and isinstance(value, Mapping):
            value = _tables(old, value, True)  # pyright: ignore[reportUnknownArgumentType]
        merged[name] = value
    return merged


def _local(layer: Layer, place: str) -> str:
    import os

    return os.path.join(layer.base, place) if place.endswith(".py") else place
