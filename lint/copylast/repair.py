"""The fixes of one Dockerfile: from the fix loop to the files on the disk."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from copylast.context.files import BuildContext
from copylast.dockerfile.source import Source
from copylast.engine.config import project_of
from copylast.engine.lint import Build
from copylast.engine.opened import Opened
from copylast.engine.read import Failure, Original
from copylast.engine.report import Changed, Report, Skip
from copylast.engine.target import Contexts
from copylast.engine.write import Change, WriteError, write
from copylast.fix.loop import FixOutcome, fix
from copylast.layers.model import LayerModel
from copylast.records import NamedTuple
from copylast.rule.diagnostic import Diagnostic
from copylast.typed import Literal


class Job(NamedTuple):
    """What a file was checked with. With mode ``diff`` and for standard input nothing is written."""

    opened: Opened
    contexts: Contexts
    mode: Literal["check", "fix", "diff"]
    stdin: bool


class Proposal(NamedTuple):
    """What the fixes make of a Dockerfile. With ``failures`` a rule broke down, and nothing may be changed."""

    outcome: FixOutcome
    failures: tuple[Failure, ...]


def propose(opened: Opened, single: bool = False, build: Build | None = None) -> Proposal:
    """The text of every file after the fixes that may be applied; nothing is written.

    ``single`` is for standard input, which has no second file to write to. ``build`` is another build than the
    one that the file was opened for.
    """
    failures: list[Failure] = []
    checker, path, how = opened.checker, opened.original.source.path, build or opened.build

    def look(source: Source, here: BuildContext | None) -> tuple[LayerModel, Sequence[Diagnostic]]:
        checked = checker.check(source, here, how)
        failures.extend(checked.failures)
        return checked.model, checked.diagnostics

    def fixable(diagnostic: Diagnostic) -> bool:
        if diagnostic.code not in opened.bench.selection.fixable or diagnostic.fix is None:
            return False
        return not single or all(edit.path == path for edit in diagnostic.fix.edits)

    unsafe = opened.bench.settings.unsafe_fixes
    outcome = fix(opened.original.source, opened.context, look, allow_unsafe=unsafe, fixable=fixable)
    return Proposal(outcome, tuple(dict.fromkeys(failures)))


def repair(report: Report, job: Job) -> Report:
    """Fix what may be fixed; the report of what came of it. All files of a Dockerfile are written or none."""
    original, context = job.opened.original, job.opened.context
    outcome, failures = propose(job.opened, job.stdin)
    if failures:
        # A rule broke down on a changed text: what it would have said is not known, so nothing is changed.
        return report._replace(failures=failures)
    skipped = tuple(Skip(s.code, s.reason, s.line) for s in outcome.skipped)
    if not outcome.texts:
        return report._replace(skipped=skipped)
    changes: dict[str, Changed] = {}
    for path, text in outcome.texts.items():
        before = original.source.text if path == report.path else _text_of(path, job.contexts)
        if path != report.path and before != _ignore_text(path, context):
            # Too large to be read whole, or changed since: its end must not get lost.
            return report._replace(failures=(Failure(path, "is not what it was when it was read"),))
        changes[path] = Changed(before, text)
    fixed = report._replace(changes=changes, skipped=skipped, applied=outcome.applied)
    others = {path: change.after for path, change in changes.items() if path != report.path}
    if job.mode == "diff":
        job.contexts.pending.update((os.path.abspath(path), text) for path, text in others.items())
        return fixed
    if not job.stdin:
        try:
            _write(report.path, original, changes)
        except WriteError as error:
            return report._replace(failures=(error.failure,))
        for path, change in changes.items():
            if change.before is None:
                job.contexts.made(path)
    source = Source(outcome.texts.get(report.path, original.source.text), report.path)
    return fixed._replace(source=source, diagnostics=outcome.remaining, others={**report.others, **others})


def _text_of(path: str, contexts: Contexts) -> str | None:
    """The text that another file has now; None if it does not exist."""
    pending = contexts.pending.get(os.path.abspath(path))
    if pending is not None or not os.path.lexists(path):
        return pending
    with open(path, "rb") as stream:
        return stream.read().decode("utf-8", "surrogateescape")


def _ignore_text(path: str, context: BuildContext | None) -> str | None:
    """The text of the ignore file as the fixes saw it; None if it is a new one."""
    if context is None or context.ignore is None or context.shown(context.ignore.path) != path:
        return None
    return context.ignore.text


def _write(dockerfile: str, original: Original, changes: Mapping[str, Changed]) -> None:
    """Raises WriteError, and then nothing was changed."""
    writes: dict[str, Change] = {}
    for path, change in changes.items():
        if path == dockerfile:
            before: bytes | None = original.data
        else:
            before = None if change.before is None else change.before.encode("utf-8", "surrogateescape")
        writes[path] = Change(change.after, before)
    write(writes, project_of(os.path.dirname(os.path.abspath(dockerfile))))
