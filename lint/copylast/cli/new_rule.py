"""``copylast new-rule CODE NAME``: a file with a rule that works, to be changed into the one that is wanted."""

from __future__ import annotations

import keyword
import os
import sys

from copylast.cli.explain import tools_here
from copylast.cli.plain import Options, Taker
from copylast.engine.error import ConfigError
from copylast.rule.plugins import RuleHandle, wrong_code, wrong_name

_TEMPLATE = '''\
"""Say in one line what the rule finds.

What it finds
=============

`MAINTAINER`. Say here which instructions your rule finds.

Why it matters
==============

Docker calls it deprecated. Say here what goes wrong, and for whom.

What the fix does
=================

There is none. Say here what yours does, and whether the image stays the same.

When it stays silent
====================

When there is a label instead. Say here what looks wrong and is right.
"""

from __future__ import annotations

from collections.abc import Iterable

from copylast import Diagnostic, Example, Rule, Severity, View


class {class}(Rule):
    """Say in one line what the rule finds."""

    code = "{code}"
    name = "{name}"
    severity = Severity.WARNING
    examples = (
        Example("the old instruction", "FROM scratch\\nMAINTAINER me\\n", found=True),
        Example("a label", "FROM scratch\\nLABEL maintainer=me\\n", silent="a label is what Docker asks for"),
    )

    def check(self, view: View) -> Iterable[Diagnostic]:
        """Findings in one Dockerfile."""
        for instruction in view.dockerfile.instructions:
            if instruction.keyword == "MAINTAINER":
                yield Diagnostic(self.code, self.name, "MAINTAINER is deprecated", instruction.span, self.severity)


def copylast_get_rules() -> list[type[Rule]]:
    """Bring the rule to copylast, where this file is a plugin of its own."""
    return [{class}]
'''

_NEXT = """\
{path} written. It holds a rule that works; change it into yours.
1. Change check(), the examples and the docstring.
2. Test it, in the folder of the file:
   python -c "from copylast.testing import check_rule_examples as c; from {module} import {class} as r; c(r)"
3. Use it: in copylast.toml, with a path from there,
   local-plugins = ["{file}"]
"""

_TAKEN = ("Diagnostic", "Example", "Iterable", "Rule", "Severity", "View")


def arguments(parser: Taker) -> None:
    """Describe the command."""
    parser.add_argument("code", metavar="CODE", help="capital letters of your own and three digits, as ACME101")
    parser.add_argument("name", metavar="NAME", help="what is wrong, in small letters with dashes, as latest-tag")
    parser.add_argument("--into", default=".", metavar="DIR", help="where to write it; default: the current folder")


def run(options: Options) -> int:
    """Write the file and say what comes next. Raises ConfigError and PluginError."""
    code, name = str(options.code), str(options.name)
    wrong = wrong_code(code) or wrong_name(name) or _taken(tools_here(options).rules, code, name)
    module = name.replace("-", "_")
    if not wrong and (module in sys.stdlib_module_names or module in ("copylast", "copylast_rules")):
        wrong = f"a file {module}.py would hide the module that Python has of that name"
    if wrong:
        raise ConfigError("new-rule", wrong)
    words = {"code": code, "name": name, "class": _class(name), "module": module, "file": f"{module}.py"}
    path = os.path.join(options.into, words["file"]) if options.into != "." else words["file"]
    try:
        with open(path, "x", encoding="utf-8") as stream:
            stream.write(_filled(_TEMPLATE, words))
    except FileExistsError:
        raise ConfigError(path, "is there already") from None
    except OSError as error:
        raise ConfigError(path, error.strerror or str(error)) from None
    print(_filled(_NEXT, {**words, "path": path}), end="")
    return 0


def _taken(rules: tuple[RuleHandle, ...], code: str, name: str) -> str:
    for rule in rules:
        if rule.code == code or rule.name == name:
            return f"{code if rule.code == code else name} is already a rule of {rule.plugin}"
    return ""


def _class(name: str) -> str:
    made = "".join(part.capitalize() for part in name.split("-"))
    return f"{made}Rule" if keyword.iskeyword(made) or made in _TAKEN else made


def _filled(text: str, words: dict[str, str]) -> str:
    for word, value in words.items():
        text = text.replace(f"{{{word}}}", value)
    return text
