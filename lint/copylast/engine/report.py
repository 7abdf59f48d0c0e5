"""What a run found, file by file: the one value that every output format gets."""

from __future__ import annotations

from collections.abc import Mapping

from copylast.dockerfile.source import Source
from copylast.engine.read import Failure
from copylast.records import NamedTuple
from copylast.rule.diagnostic import Diagnostic


class Skip(NamedTuple):
    """A fix that was offered and not applied, and why."""

    code: str
    reason: str
    line: int


class Changed(NamedTuple):
    """A file before and after the fixes; ``before`` is None for a file that is new."""

    before: str | None
    after: str


class Report(NamedTuple):
    """One Dockerfile.

    ``source`` is the text that ``diagnostics`` are about: after the fixes, where there were any.
    ``context`` is the folder of the build context as shown to people, None where there is none.
    ``changes`` are by path; with ``--diff`` they are only proposed.
    ``others`` are the texts of other files that fixes edit, by path, as far as these exist.
    """

    path: str
    source: Source
    context: str | None
    guessed: bool
    targets: tuple[str, ...]
    diagnostics: tuple[Diagnostic, ...]
    applied: tuple[Diagnostic, ...] = ()
    skipped: tuple[Skip, ...] = ()
    changes: Mapping[str, Changed] = {}
    failures: tuple[Failure, ...] = ()
    notes: tuple[str, ...] = ()
    others: Mapping[str, str] = {}
