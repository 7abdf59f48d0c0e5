"""pluggy as it is used here. Imported only where a plugin besides the built-in rules takes part."""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType, MethodType

import pluggy

from copylast.rule import hookspecs
from copylast.rule.hookspecs import PREFIX, PROJECT

__all__ = ["Manager", "hookimpl"]

hookimpl = pluggy.HookimplMarker(PROJECT)
"""Marks a function of a plugin as the implementation of a hook, with pluggy's options."""


class Manager(pluggy.PluginManager):
    """A plugin manager that takes functions by their names, marked or not, as pytest does."""

    def __init__(self) -> None:
        super().__init__(PROJECT)
        self.add_hookspecs(hookspecs)

    def parse_hookspec_opts(self, module_or_class: object, name: str) -> pluggy.HookspecOpts | None:
        """The functions of :mod:`copylast.rule.hookspecs` carry no marks, so that reading it costs no import."""
        if not name.startswith(PREFIX):
            return None
        return {"firstresult": False, "historic": False, "warn_on_impl": None, "warn_on_impl_args": None}

    def parse_hookimpl_opts(self, plugin: object, name: str) -> pluggy.HookimplOpts | None:
        """A function with a hook's prefix is meant as one, so that a misspelt name is noticed."""
        marked = super().parse_hookimpl_opts(plugin, name)
        if marked is not None or not name.startswith(PREFIX):
            return marked
        if not isinstance(getattr(plugin, name, None), (FunctionType, MethodType)):
            return None
        return {
            "wrapper": False,
            "hookwrapper": False,
            "optionalhook": False,
            "tryfirst": False,
            "trylast": False,
            "specname": None,
        }

    def implementations(self, hook: str) -> list[tuple[str, Callable[[], object]]]:
        """Name of the plugin and function, in the order in which pluggy would call them."""
        return [(one.plugin_name, one.function) for one in getattr(self.hook, hook).get_hookimpls()]
