"""``copylast rules``: all rules in a table."""

from __future__ import annotations

from copylast.cli.explain import tools_here
from copylast.cli.plain import Options, Taker
from copylast.output.text import WORDS
from copylast.rule.documentation import documentation
from copylast.rule.plugins import BUILT_IN, RuleHandle


def arguments(parser: Taker) -> None:
    """Describe the command."""
    parser.add_argument("--format", choices=("text", "json"), default="text", dest="rules_format", help="default: text")


def run(options: Options) -> int:
    """Print one line a rule. Raises ConfigError and PluginError."""
    handles = sorted(tools_here(options).rules, key=lambda rule: rule.code)
    if options.rules_format == "json":
        import json

        print(json.dumps({"version": 1, "rules": [_entry(handle) for handle in handles]}, indent=2))
        return 0
    wide = max(len(handle.name) for handle in handles)
    for handle in handles:
        level = "opt-in" if handle.opt_in else WORDS[handle.severity]
        # Whose it is goes without saying for those that everyone has.
        whose = "" if handle.plugin.distribution in (BUILT_IN, "copylast") else f" ({handle.plugin})"
        print(f"{handle.code}  {handle.name:{wide}}  {level:7}  {documentation(handle.load()).summary}{whose}")
    return 0


def _entry(handle: RuleHandle) -> dict[str, object]:
    return {
        "code": handle.code,
        "name": handle.name,
        "severity": WORDS[handle.severity],
        "opt_in": handle.opt_in,
        "plugin": handle.plugin.distribution,
        "summary": documentation(handle.load()).summary,
    }
