"""An ignore comment silences nothing.

What it finds
=============

`# copylast: ignore=RULE` above an instruction, or `# copylast: file-ignore=RULE`, where that rule ran
and had nothing to say.

Why it matters
==============

The comment outlived its reason. It tells the next reader of a problem that is not there, and it will
hide a new one.

What the fix does
=================

It takes the rule out of the comment, and removes the line if no other rule is named in it.

When it stays silent
====================

When the rule did not run at all (it was not selected), and when the removal would turn the comment
below into a parser directive: then the finding stays and the fix is withheld.
"""

from __future__ import annotations

from collections.abc import Iterable

from copylast.rule.diagnostic import Diagnostic, Severity
from copylast.rule.rule import Example, Rule, View


class UnusedIgnore(Rule):
    """An ignore comment silences nothing."""

    code = "CPL901"
    name = "unused-ignore"
    severity = Severity.WARNING
    examples = (
        Example(
            "nothing to ignore",
            "FROM alpine:3.20\n# copylast: ignore=CPL901 once needed\nRUN make\n",
            fixed="FROM alpine:3.20\nRUN make\n",
        ),
        Example(
            "a parser directive in waiting",
            "# copylast: ignore=CPL901\n# escape=`\nFROM alpine:3.20\n",
            withheld="parser directive",
            variants=False,
        ),
        Example("other comments", "FROM alpine:3.20\n# ignore=CPL901\nRUN make\n", silent="it is not for copylast"),
    )

    def check(self, view: View) -> Iterable[Diagnostic]:
        """Nothing: only the engine, which sees what was silenced, can tell."""
        return ()
