"""What every output format gets, and how a format is found by its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module

from copylast.engine.read import Failure
from copylast.engine.report import Report
from copylast.records import NamedTuple
from copylast.rule.plugins import Plugin, RuleHandle, resolve
from copylast.typed import Literal


class Style(NamedTuple):
    """How text is written. ``width`` 0: lines are never cut."""

    color: bool = False
    unicode: bool = True
    width: int = 0
    show_fixes: bool = False
    statistics: bool = False
    quiet: int = 0


class Run(NamedTuple):
    """A whole run. ``failures`` belong to no single Dockerfile that was read."""

    reports: Sequence[Report]
    failures: Sequence[Failure]
    rules: Mapping[str, RuleHandle]
    mode: Literal["check", "fix", "diff"] = "check"
    unsafe: bool = False
    style: Style = Style()
    version: str = ""

    def all_failures(self) -> list[Failure]:
        """Every failure of the run, each once."""
        found = list(self.failures)
        for report in self.reports:
            found += report.failures
        return list(dict.fromkeys(found))


Formatter = Callable[[Run], str]
"""Makes the whole text of a format, its final line end included. Must not write anywhere itself."""

FORMATS: Mapping[str, str] = {
    "full": "copylast.output.full:full",
    "concise": "copylast.output.concise:concise",
    "json": "copylast.output.json_report:json_report",
    "sarif": "copylast.output.sarif:sarif",
    "github": "copylast.output.github:github",
    "gitlab": "copylast.output.gitlab:gitlab",
    "junit": "copylast.output.junit:junit",
    "checkstyle": "copylast.output.checkstyle:checkstyle",
    "rdjson": "copylast.output.rdjson:rdjson",
    "azure": "copylast.output.azure:azure",
    "teamcity": "copylast.output.teamcity:teamcity",
    "markdown": "copylast.output.markdown:markdown",
}
"""Format -> ``module:function`` of a :data:`Formatter`, imported when it is asked for."""


class UnknownFormat(Exception):
    """No format has this name."""


def formatter(name: str, plugins: Mapping[str, tuple[Plugin, str]]) -> Formatter:
    """The formatter called ``name``. Raises :class:`UnknownFormat` and PluginError."""
    home = FORMATS.get(name)
    if home is not None:
        module, _, function = home.partition(":")
        built_in: Formatter = getattr(import_module(module), function)
        return built_in
    if name in plugins:
        plugin, home = plugins[name]
        found = resolve(plugin, home, f"format {name}")
        if not callable(found):
            raise UnknownFormat(f"plugin {plugin}: format {name}: {home} cannot be called")

        def checked(run: Run) -> str:
            text = found(run)
            if not isinstance(text, str):
                raise TypeError(f"plugin {plugin}: format {name} gave {type(text).__name__}, not text")
            return text

        return checked
    raise UnknownFormat(name)


def format_names(plugins: Mapping[str, tuple[Plugin, str]]) -> list[str]:
    """All formats, the built-in ones first."""
    return [*FORMATS, *sorted(plugins)]
