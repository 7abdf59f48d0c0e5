"""The rules of the engine itself: they need what a rule cannot see."""

from __future__ import annotations

from copylast.rule.diagnostic import Severity
from copylast.rule.hookspecs import RuleEntry
from copylast.rule.plugins import Plugin, RuleHandle

_ENTRIES = (
    RuleEntry("CPL900", "syntax-error", Severity.ERROR, "copylast.engine.syntax_error:SyntaxErrorRule"),
    RuleEntry("CPL901", "unused-ignore", Severity.WARNING, "copylast.engine.unused_ignore:UnusedIgnore"),
    RuleEntry("CPL902", "unknown-ignore", Severity.WARNING, "copylast.engine.unknown_ignore:UnknownIgnore"),
)


def own_rules() -> tuple[RuleHandle, ...]:
    """CPL900, CPL901 and CPL902."""
    from copylast import __version__

    plugin = Plugin("copylast", "copylast", __version__)
    return tuple(RuleHandle(plugin, entry) for entry in _ENTRIES)
