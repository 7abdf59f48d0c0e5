"""Plugins: found, loaded and classified; everything that is wrong with one is said at once, by name."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from importlib import import_module

from copylast.ecosystem.registry import EcosystemSource
from copylast.records import NamedTuple
from copylast.regexes import lazy_regex
from copylast.rule.diagnostic import Severity
from copylast.rule.entry_points import Found, PluginError, find, named, normal
from copylast.rule.hookspecs import RuleEntry
from copylast.rule.rule import Rule
from copylast.typed import Any, cast

__all__ = [
    "BUILT_IN", "Plugin", "PluginError", "Plugins", "RuleHandle", "load_plugins", "resolve", "wrong_code", "wrong_name",
]  # fmt: skip

BUILT_IN = "copylast_rules"
"""The built-in rules, by module name: an entry point of their own would find them twice."""

_CODE = lazy_regex(r"([A-Z]{2,})[0-9]{3}")
_NAME = lazy_regex(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_RESERVED = "CPL"


class Plugin(NamedTuple):
    """A plugin and whose it is; ``version`` is empty for a local file."""

    name: str
    distribution: str
    version: str

    def __str__(self) -> str:
        return f"{self.distribution} {self.version}".rstrip()


Hooks = Mapping[str, Sequence[tuple[Plugin, Callable[[], object]]]]
"""For each hook, who implements it and how."""

HOOKS = ("copylast_get_rules", "copylast_get_ecosystems", "copylast_get_formatters")


class RuleHandle:
    """A rule that may not be imported yet."""

    __slots__ = ("_class", "code", "home", "name", "opt_in", "plugin", "severity", "words")

    def __init__(self, plugin: Plugin, entry: RuleEntry | type[Rule]) -> None:
        self.plugin = plugin
        self.code = entry.code
        self.name = entry.name
        self.severity = entry.severity
        self.opt_in = entry.opt_in
        self.home = entry.home if isinstance(entry, RuleEntry) else ""
        self.words = entry.words if isinstance(entry, RuleEntry) else ()
        self._class: type[Rule] | None = None if isinstance(entry, RuleEntry) else entry

    def __repr__(self) -> str:
        return f"<RuleHandle {self.code} {self.name} of {self.plugin}>"

    def load(self) -> type[Rule]:
        """The class, imported now. Raises :class:`PluginError`."""
        if self._class is None:
            found = resolve(self.plugin, self.home, f"rule {self.code}")
            if not isinstance(found, type) or not issubclass(found, Rule):
                raise PluginError(f"plugin {self.plugin}: rule {self.code}: {self.home} is not a Rule")
            for field in ("code", "name", "severity", "opt_in"):
                said, is_ = getattr(self, field), getattr(found, field, None)
                if said != is_:
                    raise PluginError(
                        f"plugin {self.plugin}: rule {self.code}: its entry says {field} {said!r}, its class {is_!r}"
                    )
            self._class = found
        return self._class


class Plugins(NamedTuple):
    """All that the plugins bring. ``formatters`` maps a format's name to its plugin and ``module:function``."""

    plugins: tuple[Plugin, ...]
    rules: tuple[RuleHandle, ...]
    ecosystems: tuple[EcosystemSource, ...]
    formatters: Mapping[str, tuple[Plugin, str]]


def load_plugins(
    blocked: Collection[str] = (), required: Collection[str] = (), local: Sequence[str] = ()
) -> Plugins:
    """Load the built-in rules, installed plugins and the local ones (paths of files or module names).

    ``blocked`` names plugins (by distribution, entry point or module) that are left out before they
    are imported. Raises :class:`PluginError` for anything that does not load, is missing or is not as it must be.
    """
    found = [one for one in _all(local) if not named(one, blocked)]
    # Nearly every run has the built-in rules alone; pluggy, which costs as much as reading a file, would
    # have nothing to order or to check.
    alone = [one.name for one in found] == [BUILT_IN]
    hooks = _built_in(found[0]) if alone else _with_pluggy(found)
    for name in required:
        if not any(normal(name) in (normal(one.distribution), normal(one.name)) for one in found):
            raise PluginError(f"plugin {name} is required and was not found")
    plugins = tuple(Plugin(one.name, one.distribution, one.version) for one in found)
    return Plugins(plugins, _rules(hooks), _ecosystems(hooks), _formatters(hooks))


def _built_in(found: Found) -> Hooks:
    plugin = Plugin(found.name, found.distribution, found.version)
    module = found.load()
    hooks: dict[str, list[tuple[Plugin, Callable[[], object]]]] = {}
    for hook in HOOKS:
        function = getattr(module, hook, None)
        hooks[hook] = [] if function is None else [(plugin, function)]
    return hooks


def _with_pluggy(all_found: Iterable[Found]) -> Hooks:
    from pluggy import PluginValidationError

    from copylast.rule.manager import Manager

    manager = Manager()
    plugins: dict[str, Plugin] = {}
    for found in all_found:
        plugin = Plugin(found.name, found.distribution, found.version)
        key = f"{plugin.distribution}:{plugin.name}"
        try:
            loaded = found.load()
            manager.register(loaded, key)
            callers = manager.get_hookcallers(loaded)
        except Exception as error:
            raise PluginError(f"plugin {plugin} does not load: {_short(error)}") from error
        if not callers:
            raise PluginError(f"plugin {plugin} implements no hook of copylast")
        plugins[key] = plugin
    try:
        manager.check_pending()
    except PluginValidationError as error:
        raise PluginError(str(error).replace("\n", " ")) from error
    return {hook: [(plugins[key], function) for key, function in manager.implementations(hook)] for hook in HOOKS}


def resolve(plugin: Plugin, home: str, what: str) -> object:
    """Import ``module:name``. Raises :class:`PluginError` that names ``what``."""
    module, _, name = home.partition(":")
    try:
        return getattr(import_module(module), name)
    except Exception as error:
        raise PluginError(f"plugin {plugin}: {what}: {home} does not load: {_short(error)}") from error


def _all(local: Sequence[str]) -> Iterable[Found]:
    from copylast import __version__

    yield Found(BUILT_IN, BUILT_IN, __version__, lambda: import_module(BUILT_IN))
    yield from find()
    for place in local:
        yield Found(os.path.basename(place).removesuffix(".py"), place, "", partial(_load_local, place))


def _load_local(place: str) -> object:
    if not place.endswith(".py"):
        return import_module(place)
    import sys
    from importlib.util import module_from_spec, spec_from_file_location

    name = "copylast_local_" + re.sub(r"\W", "_", os.path.abspath(place))
    spec = spec_from_file_location(name, place)
    if spec is None or spec.loader is None:
        raise ImportError(f"{place} is not a Python file")
    module = module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _short(error: Exception) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _call(hooks: Hooks, hook: str) -> Iterable[tuple[Plugin, object]]:
    # One implementation after the other, so that what goes wrong can be laid at a plugin's door.
    for plugin, function in hooks[hook]:
        try:
            yield plugin, function()
        except Exception as error:
            raise PluginError(f"plugin {plugin}: {hook} failed: {_short(error)}") from error


def _rules(hooks: Hooks) -> tuple[RuleHandle, ...]:
    found: dict[str, RuleHandle] = {}
    for plugin, result in _call(hooks, "copylast_get_rules"):
        for entry in _list(plugin, "copylast_get_rules", result):
            handle = _handle(plugin, entry)
            for key in (handle.code, handle.name):
                other = found.get(key)
                if other is not None:
                    raise PluginError(f"plugin {plugin}: rule {key} is also a rule of {other.plugin}")
            found[handle.code] = found[handle.name] = handle
    return tuple(sorted(set(found.values()), key=lambda handle: handle.code))


def _handle(plugin: Plugin, entry: object) -> RuleHandle:
    if not isinstance(entry, RuleEntry) and not (isinstance(entry, type) and issubclass(entry, Rule)):
        raise PluginError(f"plugin {plugin}: {entry!r} is neither a Rule class nor a RuleEntry")
    what: Any = entry
    label = getattr(what, "code", None) or getattr(what, "__name__", "?")
    for field, kind in (("code", str), ("name", str), ("severity", Severity), ("opt_in", bool)):
        if not isinstance(getattr(what, field, None), kind):
            raise PluginError(f"plugin {plugin}: rule {label}: {field} is missing or not a {kind.__name__}")
    handle = RuleHandle(plugin, entry)
    own = plugin.distribution == BUILT_IN
    wrong = wrong_code(handle.code, own) or wrong_name(handle.name)
    if wrong:
        raise PluginError(f"plugin {plugin}: rule {label}: {wrong}")
    return handle


def wrong_code(code: str, built_in: bool = False) -> str:
    """Why nobody, or nobody but the built-in rules, may have a rule of this code; empty if it is right."""
    found = _CODE.fullmatch(code)
    if found is None:
        return "a code is two or more capital letters and three digits"
    if found[1] == _RESERVED and not built_in:
        return f"codes that begin with {_RESERVED} belong to copylast"
    return ""


def wrong_name(name: str) -> str:
    """Why no rule may have this name; empty if it is right."""
    return "" if _NAME.fullmatch(name) else f"the name {name!r} is not kebab-case"


def _ecosystems(hooks: Hooks) -> tuple[EcosystemSource, ...]:
    found: list[EcosystemSource] = []
    for plugin, result in _call(hooks, "copylast_get_ecosystems"):
        for folder in _list(plugin, "copylast_get_ecosystems", result):
            if not isinstance(folder, str) or not os.path.isdir(folder):
                raise PluginError(f"plugin {plugin}: {folder!r} is not a folder of descriptors")
            found.append(EcosystemSource(folder, str(plugin)))
    return tuple(found)


def _formatters(hooks: Hooks) -> dict[str, tuple[Plugin, str]]:
    found: dict[str, tuple[Plugin, str]] = {}
    for plugin, result in _call(hooks, "copylast_get_formatters"):
        if not isinstance(result, Mapping):
            raise PluginError(f"plugin {plugin}: copylast_get_formatters gave {result!r}, not a mapping")
        for name, home in cast("Mapping[object, object]", result).items():
            if not isinstance(name, str) or not isinstance(home, str) or ":" not in home:
                raise PluginError(f"plugin {plugin}: format {name!r} must be given as 'module:function'")
            if name in found:
                raise PluginError(f"plugin {plugin}: format {name} is also one of {found[name][0]}")
            found[name] = (plugin, home)
    return found


def _list(plugin: Plugin, hook: str, result: object) -> Sequence[object]:
    if not isinstance(result, Sequence) or isinstance(result, str):
        raise PluginError(f"plugin {plugin}: {hook} gave {result!r}, not a sequence")
    return cast("Sequence[object]", result)
