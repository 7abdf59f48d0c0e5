"""Plugins, rules and options put together for one set of settings."""

from __future__ import annotations

from collections.abc import Mapping

from copylast.ecosystem.registry import Registry
from copylast.ecosystem.table import DescriptorError
from copylast.engine.error import ConfigError, guess
from copylast.engine.lint import Checker
from copylast.engine.own import own_rules
from copylast.engine.select import Selection, require_rules
from copylast.engine.settings import Settings
from copylast.rule.entry_points import normal
from copylast.rule.plugins import BUILT_IN, PluginError, Plugins, RuleHandle, load_plugins
from copylast.typed import Any, cast


class Tools:
    """The plugins that one set of settings asks for, and what they bring."""

    def __init__(self, plugins: Plugins) -> None:
        self.plugins = plugins
        self.rules = (*plugins.rules, *own_rules())
        try:
            self.registry = Registry(plugins.ecosystems)
        except DescriptorError as error:
            raise PluginError(str(error)) from None
        if not plugins.rules:
            raise PluginError("no plugin brings a rule, so nothing would be checked")


class Toolbox:
    """Loads each combination of plugins once."""

    def __init__(self) -> None:
        self._known: dict[tuple[tuple[str, ...], ...], Tools] = {}

    def tools(self, settings: Settings) -> Tools:
        """The tools for these settings. Raises :class:`PluginError`."""
        key = (settings.disable_plugins, settings.require_plugins, settings.local_plugins)
        tools = self._known.get(key)
        if tools is None:
            tools = self._known[key] = Tools(load_plugins(*key))
        return tools


class Workbench:
    """Everything that is the same for all Dockerfiles under one set of settings."""

    def __init__(self, settings: Settings, tools: Tools) -> None:
        """Raises :class:`ConfigError` for selectors and options that fit no rule."""
        self.settings = settings
        self.tools = tools
        self.selection = Selection(settings, tools.rules)
        require_rules(self.selection)
        self._options = {rule.code: _options(settings, rule) for rule in _configured(settings, tools)}
        self._checkers: dict[tuple[RuleHandle, ...], Checker] = {}

    def checker(self, file: str) -> Checker:
        """The checker for the Dockerfile at ``file`` (absolute)."""
        rules = tuple(self.selection.for_file(file))
        checker = self._checkers.get(rules)
        if checker is None:
            checker = Checker(rules, self.tools.rules, self.tools.registry, self._options_for)
            self._checkers[rules] = checker
        return checker

    def _options_for(self, rule: RuleHandle) -> Any:
        if rule.code not in self._options:
            self._options[rule.code] = rule.load().Options()
        return self._options[rule.code]


def _path(rule: RuleHandle) -> tuple[str, ...]:
    if rule.plugin.distribution in (BUILT_IN, "copylast"):
        return ("rules", rule.name)
    # A local plugin has no distribution, and its path is another from each folder: its name stays the same.
    return ("plugins", rule.plugin.distribution if rule.plugin.version else rule.plugin.name, rule.name)


def _configured(settings: Settings, tools: Tools) -> list[RuleHandle]:
    """The rules that have a table in the configuration. Raises ConfigError for a table of no rule."""
    by_path = {_path(rule): rule for rule in tools.rules}
    found: list[RuleHandle] = []
    for layer in settings.layers("rules"):
        for name in layer.values["rules"]:
            if ("rules", name) not in by_path:
                names = [path[1] for path in by_path if path[0] == "rules"]
                raise layer.error(["rules", name], f'"{name}" is no built-in rule{guess(name, names)}')
            found.append(by_path["rules", name])
    for layer in settings.layers("plugins"):
        for distribution, table in layer.values["plugins"].items():
            # A plugin that is switched off may keep its options.
            if normal(distribution) in map(normal, settings.disable_plugins):
                continue
            for name in table:
                path = ("plugins", distribution, name)
                if path not in by_path:
                    names = [other[2] for other in by_path if other[:2] == path[:2]]
                    message = f'plugin "{distribution}" has no rule "{name}"{guess(name, names)}'
                    raise layer.error(path, message)
                found.append(by_path[path])
    return list(dict.fromkeys(found))


def _options(settings: Settings, rule: RuleHandle) -> Any:
    # Only a rule that is configured needs this, which evaluates annotations and so imports typing.
    from copylast.engine.options import OptionError, locate_option, options_of

    path = _path(rule)
    table: Any = settings.all[path[0]].value
    for part in path[1:]:
        table = table[part]
    try:
        return options_of(rule.load().Options, cast("Mapping[str, object]", table))
    except OptionError as error:
        full = path if error.key is None else (*path, error.key)
        layer = locate_option(settings.layers(path[0]), full)
        if layer is None:
            raise ConfigError("", str(error)) from None
        raise layer.error(full, str(error)) from None
