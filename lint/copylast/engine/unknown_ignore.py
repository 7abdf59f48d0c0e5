"""An ignore comment names no rule.

What it finds
=============

A word in `# copylast: ignore=` or `# copylast: file-ignore=` that is neither the code nor the name of
a rule, of copylast or of a plugin.

Why it matters
==============

Whoever wrote it believes that something is silenced. Usually it is a slip of the pen, or a rule of a
plugin that is not installed here.

What the fix does
=================

It takes the word out of the comment, and removes the line if no other rule is named in it.

When it stays silent
====================

When the removal would turn the comment below into a parser directive, the finding stays and only the
fix is withheld.
"""

from __future__ import annotations

from collections.abc import Iterable

from copylast.rule.diagnostic import Diagnostic, Severity
from copylast.rule.rule import Example, Rule, View


class UnknownIgnore(Rule):
    """An ignore comment names no rule."""

    code = "CPL902"
    name = "unknown-ignore"
    severity = Severity.WARNING
    examples = (
        Example(
            "a rule that does not exist",
            "FROM alpine:3.20\n# copylast: ignore=CPL999 whatever that was\nRUN make\n",
            fixed="FROM alpine:3.20\nRUN make\n",
        ),
        Example(
            "one of two",
            "FROM alpine:3.20\n# copylast: ignore=CPL901,CPL999\nRUN make\n",
            fixed="FROM alpine:3.20\n# copylast: ignore=CPL901\nRUN make\n",
        ),
        Example(
            "a rule by its name",
            "FROM alpine:3.20\n# copylast: ignore=unused-ignore\nRUN make\n",
            silent="rules may be called by name",
        ),
    )

    def check(self, view: View) -> Iterable[Diagnostic]:
        """Nothing: only the engine, which knows all rules, can tell."""
        return ()
