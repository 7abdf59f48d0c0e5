"""The cache keeps a download that is meant to be the newest one.

What it finds
=============

A `RUN` that clones a branch of a git repository (`git clone` without a tag, and without a `git checkout` behind it), or
downloads from an address that is another file from time to time (`.../latest/...`, a file of a branch on GitHub).

Why it matters
==============

The text of a `RUN` is part of its cache key, what the network answers is not. The step brings what was there on the day
when it last ran, and the cache keeps that for months; then another machine, or an edit above, brings something newer,
in an image that nobody meant to change.

What the fix does
=================

There is none: which version is meant is not in the file. Name a tag, a commit or a version. If the newest one is meant
on purpose, `ADD https://...` and `ADD https://...git#branch` ask the server at each build and run again only when
there is something new.

When it stays silent
====================

It runs only where it is selected. Where a tag, a commit or a variable is named, in the address or in a later `git
checkout`, `git reset` or `git switch`; below an `ARG` that is there to run the step again (`CACHEBUST`, `BUILD_DATE`)
and below an `ADD` from the network, which does the same; in stages that the build does not need.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from copylast import Diagnostic, Example, Facts, Label, LayerModel, Rule, Severity, Step, View, lazy_regex

_WORDS = lazy_regex(r"\bgit\b|latest|nightly|github")
"""A RUN without one of these is none."""
_NEWEST = lazy_regex(r"^(?:https?|ftp)://[^?#]*(?<![a-z0-9])(latest|nightly)(?![a-z0-9])", re.I)
_BRANCH = lazy_regex(
    r"^https?://(?:raw\.githubusercontent\.com/[^/]+/[^/]+|github\.com/[^/]+/[^/]+/(?:raw|archive|tarball|zipball))/"
    r"(?:refs/heads/|(?:main|master|develop|dev|trunk|HEAD)(?:/|\.tar|\.zip|$))"
)
_BUST = lazy_regex(r"bust|cache|date|time|refresh|invalidate|force|commit|revision|\bsha\b|random|nonce", re.I)
_PINS = frozenset({"checkout", "reset", "switch", "worktree"})


class UnpinnedDownload(Rule):
    """The cache keeps a download that is meant to be the newest one."""

    code = "CPL405"
    name = "unpinned-download"
    severity = Severity.INFO
    opt_in = True
    examples = (
        Example(
            "A branch", "FROM debian:12\nRUN git clone --depth 1 https://example.org/tool.git /opt/tool\n", found=True
        ),
        Example(
            "A branch by its name",
            "FROM debian:12\nRUN git clone -b main https://example.org/tool.git /t\n",
            found=True,
        ),
        Example(
            "The latest release",
            "FROM debian:12\nRUN curl -fsSLo /opt/t https://github.com/a/t/releases/latest/download/t && ls /opt\n",
            found=True,
        ),
        Example(
            "A script of a branch",
            'FROM debian:12\nRUN sh -c "$(curl -fsSL https://raw.githubusercontent.com/a/t/master/install.sh)"\n',
            found=True,
        ),
        Example(
            "A tag",
            "FROM debian:12\nRUN git clone --branch v1.2.3 https://example.org/tool.git /opt/tool\n",
            silent="it is always the same",
        ),
        Example(
            "A commit",
            "FROM debian:12\nRUN git clone https://example.org/tool.git /opt/tool\n"
            "RUN git -C /opt/tool checkout 3f2a9c1\n",
            silent="the next step goes to a commit",
        ),
        Example(
            "A version that is passed",
            "FROM debian:12\nARG TOOL\nRUN git clone -b $TOOL https://example.org/tool.git && curl -O https://a.org/$TOOL/x\n",
            silent="another version is another step",
        ),
        Example(
            "Run again on purpose",
            "FROM debian:12\nARG CACHEBUST=1\nRUN git clone https://example.org/tool.git /opt/tool\n",
            silent="the argument is there for that",
        ),
        Example(
            "The server is asked at each build",
            "FROM debian:12\nADD https://example.org/latest/tool /usr/local/bin/tool\n",
            silent="an ADD runs again when the file is another one",
        ),
    )

    def check(self, view: View) -> Iterable[Diagnostic]:
        """One finding for each step."""
        model = view.layers
        for stage in model.stages:
            for step in stage.steps if stage.index in model.reachable() else ():
                text = model.dockerfile.source.slice(step.instruction.span) if step.keyword == "RUN" else ""
                if not _WORDS.search(text):
                    continue
                found = [(fact, what) for fact in model.facts(step) if (what := _newest(fact)) is not None]
                if any(what == _CLONE for _, what in found) and _pinned(model, step):
                    found = [(fact, what) for fact, what in found if what != _CLONE]
                if found and not _renewed(model, step):
                    yield self._found(found)

    def _found(self, found: Sequence[tuple[Facts, str]]) -> Diagnostic:
        fact, what = found[0]
        return Diagnostic(
            self.code,
            self.name,
            f"the cache keeps what `{_name(fact)}` got of {what}, however old it is",
            fact.command.span,
            self.severity,
            label="the same text is taken from the cache",
            labels=tuple(Label(other.command.span, f"so is {each}") for other, each in found[1:]),
            help="name a tag, a commit or a version; or use ADD, which asks the server at each build",
        )


_CLONE = "a branch"
_FILE = "a branch on GitHub"


def _name(fact: Facts) -> str:
    return " ".join((fact.match.program, *fact.match.subcommand)) if fact.match is not None else fact.command.argv[0]


def _newest(fact: Facts) -> str | None:
    """What a command downloads that is another one from time to time; None if nothing says so."""
    match = fact.match
    if match is None or match.ecosystem.id != "downloads":
        return None
    if match.subcommand == ("clone",):
        named = [value for flag in ("-b", "--branch", "--revision") for value in match.options.get(flag, ())]
        # A tag has a number; of a variable nobody knows what it holds.
        said = [*named, *match.positional]
        return None if any("$" in one for one in said) or any(re.search(r"\d", one) for one in named) else _CLONE
    for address in match.positional:
        newest = _NEWEST.search(address)
        if newest is not None and "$" not in address[newest.end(1) :].partition("/")[0]:
            return f"the {newest[1].lower()} version"
        if _BRANCH.search(address):
            return _FILE
    return None


def _pinned(model: LayerModel, step: Step) -> bool:
    """Whether a git command of this step or of one below goes to some commit."""
    for other in model.stages[step.stage].steps:
        for fact in model.facts(other) if other.keyword == "RUN" and other.index >= step.index else ():
            argv = fact.command.argv
            if argv and argv[0].rpartition("/")[2] == "git" and not _PINS.isdisjoint(argv):
                return True
    return False


def _renewed(model: LayerModel, step: Step) -> bool:
    """Whether something above is there to run the step again."""
    if any(_BUST.search(binding.name) for binding in model.variables(step)):
        return True
    return any(other.copy is not None and other.copy.remote for other in model.before(step))
