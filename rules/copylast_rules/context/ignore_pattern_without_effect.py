"""A `!` line of the ignore file is undone by a later line.

What it finds
=============

A line of the ignore file that brings something back, and below it a line that leaves all of that out again.

Why it matters
==============

The last line that matches a path decides. Who wrote `!docs/guide.md` above `docs` believes that the file is in the
build context, and it is not: the `COPY` that brings the folder brings it without the file.

What the fix does
=================

There is none: whether the `!` line belongs below the other one, or is left over, is for the author to say.

When it stays silent
====================

For patterns that match nothing, which are normal in a file that many projects share; where a still later `!` line
brings the same back; for a `!` line with a wildcard, unless the later line is the same or leaves all out; where
nothing is copied from the build context; beside a `.containerignore`, which Podman and Buildah read instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from copylast import Diagnostic, Example, IgnorePattern, Rule, Severity, View, parse_ignore
from copylast_rules.context.brought import brought
from copylast_rules.context.local_files import for_podman, ignoring

_COPY = "FROM nginx\nCOPY . /www\n"
_DOCS = {"docs/guide.md": "", "docs/a.md": "", "index.html": ""}
_ALL = ("*", "**", "**/*")
_WILD = frozenset("*?[\\")


class IgnorePatternWithoutEffect(Rule):
    """A `!` line of the ignore file is undone by a later line."""

    code = "CPL307"
    name = "ignore-pattern-without-effect"
    severity = Severity.INFO
    opt_in = True
    examples = (
        Example("The folder below it", _COPY, {**_DOCS, ".dockerignore": "!docs/guide.md\ndocs\n"}, found=True),
        Example("The same line", _COPY, {**_DOCS, ".dockerignore": "*.md\n!*.md\n*.md\n"}, found=True),
        Example("All", _COPY, {**_DOCS, ".dockerignore": "!docs/*.md\n*\n"}, found=True),
        Example(
            "In the order that counts",
            _COPY,
            {**_DOCS, ".dockerignore": "docs\n!docs/guide.md\n"},
            silent="the last line that matches decides",
        ),
        Example(
            "It is brought back once more",
            _COPY,
            {**_DOCS, ".dockerignore": "!docs\ndocs\n!docs/\n"},
            silent="the last line that matches brings it in",
        ),
        Example(
            "Only a part is left out again",
            _COPY,
            {**_DOCS, ".dockerignore": "*\n!docs\ndocs/*.tmp\n"},
            silent="the rest of the folder comes in",
        ),
        Example(
            "A pattern that matches nothing",
            _COPY,
            {**_DOCS, ".dockerignore": "vendor\n!vendor/keep\n"},
            silent="such lines are normal",
        ),
        Example(
            "Nobody copies",
            "FROM nginx\nRUN ls\n",
            {**_DOCS, ".dockerignore": "!docs/guide.md\ndocs\n"},
            silent="nothing comes from the build context",
        ),
    )

    def check(self, view: View) -> Iterable[Diagnostic]:
        """One finding for each line without effect, at the first step that takes something from the context."""
        context, model = ignoring(view), view.layers
        ignore = context.ignore if context is not None else None
        if context is None or ignore is None or not any(one.negated for one in ignore.patterns):
            return
        copies = model.shared(brought)
        if not copies or for_podman(context):
            return
        for pattern in ignore.patterns:
            later = _undone(pattern, ignore.patterns[pattern.number + 1 :]) if pattern.negated else None
            if later is not None:
                yield Diagnostic(
                    self.code,
                    self.name,
                    f"`!{pattern.text}` in {ignore.path}:{pattern.line} has no effect: line {later.line} undoes it",
                    copies[0].step.instruction.span,
                    self.severity,
                    label="copies without it",
                    help=f"put it below line {later.line}, or take it out",
                )


def _undone(pattern: IgnorePattern, below: Sequence[IgnorePattern]) -> IgnorePattern | None:
    """The line after which nothing of what ``pattern`` brings back is left; None if something may be."""
    found: IgnorePattern | None = None
    for other in below:
        if other.negated:
            if found is not None and _covers(other, pattern):
                found = None
        elif found is None and _covers(other, pattern):
            found = other
    return found


def _covers(other: IgnorePattern, pattern: IgnorePattern) -> bool:
    """Whether ``other`` surely matches all that ``pattern`` does."""
    if other.text == pattern.text or other.text in _ALL:
        return True
    return _WILD.isdisjoint(pattern.text) and parse_ignore(f" {other.text}").ignored(pattern.text)
