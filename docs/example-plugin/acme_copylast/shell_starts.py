"""A command of the image that a shell starts.

What it finds
=============

A `CMD` or `ENTRYPOINT` in shell form.

Why it matters
==============

The shell is process 1, and Docker's signal to stop does not always reach the program behind it.

What the fix does
=================

It writes the same words as a JSON array. It is unsafe: the program then runs without a shell around it.

When it stays silent
====================

For JSON arrays, and for programs that the option `allow` names.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

from copylast import Diagnostic, Edit, Effect, Example, Fix, Instruction, Rule, Safety, Severity, View


@dataclass(frozen=True)
class Options:
    """What can be set in the configuration."""

    allow: tuple[str, ...] = ()


class ShellStarts(Rule):
    """A command of the image that a shell starts."""

    code = "ACME101"
    name = "shell-starts"
    severity = Severity.WARNING
    Options = Options
    examples = (
        Example("shell form", "FROM scratch\nCMD run now\n", fixed='FROM scratch\nCMD ["run", "now"]\n', unsafe=True),
        Example("a variable", "FROM scratch\nCMD run $NOW\n", withheld="a shell reads more in it than words"),
        Example("JSON form", 'FROM scratch\nCMD ["run"]\n', silent="no shell starts it"),
    )

    def check(self, view: View) -> Iterable[Diagnostic]:
        """One finding for each such instruction."""
        for instruction in view.dockerfile.instructions:
            if instruction.keyword not in ("CMD", "ENTRYPOINT") or instruction.json:
                continue
            words = instruction.rest.split()
            if not words or words[0] in view.options.allow:
                continue
            message = f"a shell starts {words[0]}"
            fix, withheld = None, None
            if re.fullmatch(r"[\w./:=, \t-]+", instruction.rest, re.ASCII) and "=" not in words[0]:
                fix = _in_json_form(view, instruction, words)
            else:
                withheld = "a shell reads more in it than words"
            span, level = instruction.span, self.severity
            yield Diagnostic(self.code, self.name, message, span, level, fix=fix, withheld=withheld)


def _in_json_form(view: View, instruction: Instruction, words: list[str]) -> Fix:
    source, keyword = view.dockerfile.source, instruction.keyword_span
    text = f"{source.text[keyword.start : keyword.end]} {json.dumps(words)}"
    edit = Edit(source.path, instruction.span.start, instruction.span.end, text)
    return Fix("Write it as a JSON array", (edit,), Safety.UNSAFE, Effect(rewrites=((instruction.index, (text,)),)))
