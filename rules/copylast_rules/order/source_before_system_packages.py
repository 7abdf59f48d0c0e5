"""Files of the project enter before system packages are installed.

What it finds
=============

A step that installs packages of the system (apt, apk, dnf, yum, microdnf, zypper, pacman) below a `COPY`
or `ADD` of files that it does not read, from the build context or from a stage that was made from them.

Why it matters
==============

Every change of a copied file makes the step run again: the package lists are fetched anew, the packages
downloaded and unpacked, and a new layer is pushed and pulled. Above the `COPY` the step stays in the
cache until its own text changes.

What the fix does
=================

It puts the `COPY`s below the package step, and below the steps that follow it directly and read nothing
of the project either. A `RUN` that goes on with something else is cut in two at `&&`.

When it stays silent
====================

When what was copied is meant for the step: settings of package managers, keys, certificates, or a file
that the step names. Manifests alone (`requirements.txt` above `apt-get`) are reported as information only.
"""

from __future__ import annotations

from collections.abc import Iterable

from copylast import Diagnostic, Facts, Rule, Severity, View, earlier_copies
from copylast_rules.order.free_steps import findings


class SourceBeforeSystemPackages(Rule):
    """Files of the project enter before system packages are installed."""

    code = "CPL102"
    name = "source-before-system-packages"
    severity = Severity.WARNING

    def check(self, view: View) -> Iterable[Diagnostic]:
        """One finding for each place at which system packages are installed below copied files."""
        return findings(view, self.code, self.name, self.severity, _is_system, earlier_copies)


def _is_system(fact: Facts) -> bool:
    return fact.match is not None and fact.match.kind == "tool" and fact.match.ecosystem.language == "system"
