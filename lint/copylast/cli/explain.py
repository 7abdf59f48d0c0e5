"""``copylast explain``: a rule's page on the terminal."""

from __future__ import annotations

import os

from copylast.cli.options import overrides
from copylast.cli.plain import Options, Taker
from copylast.engine.error import ConfigError, guess
from copylast.engine.select import names_a_rule
from copylast.engine.stack import SettingsStack
from copylast.engine.workbench import Toolbox, Tools
from copylast.output.text import WORDS
from copylast.rule.documentation import documentation
from copylast.rule.plugins import RuleHandle


def arguments(parser: Taker) -> None:
    """Describe the command."""
    parser.add_argument("rules", nargs="+", metavar="RULE", help="a code, the beginning of one, a name, or ALL")


def run(options: Options) -> int:
    """Print the pages. Raises ConfigError for a word that is no rule."""
    tools = tools_here(options)
    found: list[RuleHandle] = []
    for word in options.rules:
        if not names_a_rule(word, tools.rules):
            known = [name for rule in tools.rules for name in (rule.code, rule.name)]
            raise ConfigError("", f'"{word}" is no rule{guess(word, known)}')
        found += [r for r in tools.rules if word in ("ALL", r.name) or r.code.startswith(word)]
    print("\n\n".join(page(rule) for rule in dict.fromkeys(found)))
    return 0


def tools_here(options: Options) -> Tools:
    """The rules and plugins that count in the working directory. Raises ConfigError and PluginError."""
    stack = SettingsStack(overrides(options), tuple(options.config or ()), bool(options.isolated), os.environ)
    return Toolbox().tools(stack.settings(os.getcwd()))


def page(handle: RuleHandle) -> str:
    """A rule's page as Markdown."""
    rule = handle.load()
    text = documentation(rule)
    facts = f"Level: {WORDS[rule.severity]}" + (" (only when it is selected by name)" if rule.opt_in else "")
    example = next((e for e in rule.examples if e.fixed is not None), None)
    parts = [f"# {rule.code} {rule.name}", f"{facts}. From {handle.plugin}.", text.markdown()]
    if example is not None and example.fixed is not None:
        parts.append(f"## Example\n\nBefore:\n\n{_block(example.dockerfile)}\n\nAfter:\n\n{_block(example.fixed)}")
    return "\n\n".join(parts)


def _block(text: str) -> str:
    return "```dockerfile\n" + text.rstrip("\n") + "\n```"
