"""Files of the project enter before a costly step that reads none of them.

What it finds
=============

A step that downloads or installs tools named on its own command line (a package manager's global
install, a browser, a model, a pinned archive) below a `COPY` or `ADD` of files that it does not read.

Why it matters
==============

The step runs again, and downloads again, after every change of a copied file.

What the fix does
=================

It puts the `COPY`s below the step, if nothing that the tool looks for in its directory comes with them.

When it stays silent
====================

When the step installs system packages (CPL102), when it reads manifests (CPL101), when a file that was
copied is named by the step, and in stages that the build does not need.
"""

from __future__ import annotations

from collections.abc import Iterable

from copylast import Diagnostic, Facts, Rule, Severity, View, earlier_copies
from copylast_rules.order.free_steps import findings


class SourceBeforeDownload(Rule):
    """Files of the project enter before a costly step that reads none of them."""

    code = "CPL107"
    name = "source-before-download"
    severity = Severity.WARNING

    def check(self, view: View) -> Iterable[Diagnostic]:
        """One finding for each place at which tools are installed below copied files."""
        return findings(view, self.code, self.name, self.severity, _is_tool, earlier_copies)


def _is_tool(fact: Facts) -> bool:
    return fact.match is not None and fact.match.kind == "tool" and fact.match.ecosystem.language != "system"
