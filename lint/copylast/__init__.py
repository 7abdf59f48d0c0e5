"""copylast: a Dockerfile linter and fixer for layer caching.

This facade holds every name that a rule, a reader or a plugin may import. Names are looked up when
they are first used, so that ``import copylast`` costs next to nothing; ``__init__.pyi`` tells type
checkers what is here.
"""

from __future__ import annotations

import sys

__version__ = "0.1.0"

_HOMES = {
    "copylast.context.caller": ("Caller", "Export"),
    "copylast.context.churn": ("Churn",),
    "copylast.context.entry": ("ContextError", "Entry", "Kind"),
    "copylast.context.files": ("BuildContext",),
    "copylast.context.ignore": ("IgnorePattern", "parse_ignore"),
    "copylast.dockerfile.nodes": (
        "Comment",
        "Directive",
        "Dockerfile",
        "Flag",
        "Heredoc",
        "Instruction",
        "Problem",
        "Stage",
        "Word",
    ),
    "copylast.dockerfile.scope": ("PROXY_ARGUMENTS",),
    "copylast.dockerfile.shell": ("Command", "Item", "Redirect", "Script", "ShellWord"),
    "copylast.dockerfile.source": ("Position", "Source", "Span"),
    "copylast.ecosystem.descriptor": ("Again", "Ecosystem", "Fit", "InstallKind", "Match"),
    "copylast.ecosystem.readers": ("Closure", "InstallRequest", "Need", "ProjectFiles", "Reader", "Refusal"),
    "copylast.layers.cachedirs": ("cache_place", "holder", "is_root"),
    "copylast.layers.classify": ("Fetch", "prefetches_of"),
    "copylast.layers.commands": ("Facts", "command_name"),
    "copylast.layers.cost": ("kind_of",),
    "copylast.layers.defeats": ("Defeat", "defeats"),
    "copylast.layers.downloads": ("keeps_downloads",),
    "copylast.layers.earlier": ("Earlier", "earlier_copies", "settled_names"),
    "copylast.layers.environ": ("Reading", "read_by_tools", "reading", "says"),
    "copylast.layers.lists": ("fetches", "lists_of", "lists_source", "stale_use", "uses"),
    "copylast.layers.misplaced": ("misplaced", "missed_output"),
    "copylast.layers.model": ("LayerModel",),
    "copylast.layers.paths": ("overlap", "within"),
    "copylast.layers.sources": ("Guilt", "guilty_steps"),
    "copylast.layers.steps": ("Copy", "Step"),
    "copylast.layers.tree": ("ImageTree",),
    "copylast.layers.unmounted": ("Gap", "gap_of"),
    "copylast.layers.writes": ("may_change",),
    "copylast.records": ("NamedTuple",),
    "copylast.regexes": ("any_of", "lazy_regex"),
    "copylast.rule.blocks": ("cased",),
    "copylast.rule.companions": ("lower_together", "only_removes", "with_companions"),
    "copylast.rule.completing": ("complete_manifests", "copy_beside"),
    "copylast.rule.cut": ("Head", "run_head"),
    "copylast.rule.diagnostic": ("Diagnostic", "Edit", "Effect", "Fix", "Label", "Safety", "Severity"),
    "copylast.rule.dropping": ("drop_settings",),
    "copylast.rule.early_run": ("EarlyRun", "early_run"),
    "copylast.rule.former_values": ("former_values",),
    "copylast.rule.hookspecs": ("RuleEntry",),
    "copylast.rule.joining": ("join_fetch",),
    "copylast.rule.late_metadata": ("lower_metadata", "metadata_above"),
    "copylast.rule.late_setting": ("Way", "lower_settings", "names_set", "way_down"),
    "copylast.rule.leaving_out": ("at_every_depth", "leave_out"),
    "copylast.rule.manager": ("hookimpl",),
    "copylast.rule.mounting": ("mount_caches",),
    "copylast.rule.refusal": ("Refused",),
    "copylast.rule.reorder": ("Plan", "insert_step", "lower_source", "offer"),
    "copylast.rule.split_stage": ("split_parent",),
    "copylast.rule.rule": ("Example", "NoOptions", "Rule", "View"),
    "copylast.rule.sharing": ("sharing",),
    "copylast.rule.trimming": ("trim",),
}
"""Module -> the names that the facade takes from it."""

_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    """Fetch a name from its home. Raises AttributeError for anything that is not part of the facade."""
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    __import__(home)
    value: object = getattr(sys.modules[home], name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME_OF})
