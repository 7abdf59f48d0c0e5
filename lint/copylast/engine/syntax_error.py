"""BuildKit would reject this file.

What it finds
=============

Everything for which the parser of `docker build` stops: an unknown instruction, an instruction
without its arguments, a flag that does not exist, a heredoc without an end, an instruction above the
first `FROM`, a stage that copies from itself, a base that is no image's name (`FROM Python:3.12`) or hangs
on a variable that no `ARG` above the first `FROM` declares.

Why it matters
==============

The file does not build. It is an error and not an input problem, so that an editor can show it while
you type.

What the fix does
=================

There is none: only you know what was meant. While a file has a syntax error, the other rules speak only of what
it cannot concern (the steps above it, and stages that have nothing to do with it), and fix nothing.

When it stays silent
====================

Never. This rule cannot be ignored or deselected, because what else is said of such a file hangs on it.
"""

from __future__ import annotations

from collections.abc import Iterable

from copylast.rule.diagnostic import Diagnostic, Severity
from copylast.rule.rule import Example, Rule, View


class SyntaxErrorRule(Rule):
    """BuildKit would reject this file."""

    code = "CPL900"
    name = "syntax-error"
    severity = Severity.ERROR
    examples = (
        Example(
            "an instruction above FROM",
            "RUN make\nFROM alpine:3.20\n",
            withheld="only you know what was meant",
        ),
        Example("an unknown instruction", "FROM alpine:3.20\nRUNN make\n", withheld="only you know what was meant"),
        Example("a file that builds", "FROM alpine:3.20\nRUN make\n", silent="BuildKit accepts it"),
    )

    def check(self, view: View) -> Iterable[Diagnostic]:
        """One finding for each problem that the parser met."""
        for problem in view.dockerfile.problems:
            yield Diagnostic(
                self.code,
                self.name,
                problem.message,
                problem.span,
                self.severity,
                withheld="only you know what was meant",
            )
