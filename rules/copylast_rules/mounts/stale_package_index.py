"""Packages are installed from lists that an earlier step fetched, and that grow old in the cache.

What it finds
=============

A `RUN` with `apt-get install` (or another command of apt, aptitude or pacman that installs) that does not fetch the
lists of packages itself, below one with `apt-get update`. It is information only where that step installs packages
of its own with the lists.

Why it matters
==============

The step with `apt-get update` does not change, so that it stays in the cache. Weeks later somebody adds a package to
the step below: that one runs, with the lists of the first build. They name versions that the mirrors no longer have,
and the build fails, or it installs old packages with holes that were closed long ago.

What the fix does
=================

It writes the command that fetches the lists in front of those that install, joined by `&&`. A step that did nothing
else goes; comments above it stay. The fix is withheld where the text in between may change which packages there are
(a `COPY` to `/etc/apt`, a script), where something else in between may need the lists, where the two steps differ in
user, shell or flags or are not written as commands joined by `&&`, where the install hangs on a condition,
and where the command has a variable that may be another one below.

When it stays silent
====================

Where a step fetches the lists itself, or runs a script that may do so (`curl ... | bash`); where they are removed in
between; for apk, dnf, yum and zypper, which fetch again what is old; and in a file that names a snapshot of the
packages, whose lists stay the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from copylast import (
    Diagnostic,
    Example,
    Facts,
    Label,
    LayerModel,
    NamedTuple,
    Rule,
    Severity,
    Step,
    View,
    command_name,
    fetches,
    lazy_regex,
    lists_of,
    lists_source,
    offer,
    stale_use,
    uses,
)

# Debian's and Ubuntu's archives of earlier days, and how apt is told to use them.
_SNAPSHOT = lazy_regex(r"(?i)\bsnapshot\.(debian\.org|ubuntu\.com)\b|--snapshot\b|\bapt::snapshot\b")


class _Stale(NamedTuple):
    """A RUN that installs from old lists, and the command that fetched them."""

    step: Step
    install: Facts
    fetcher: Step
    fetch: Facts


class StalePackageIndex(Rule):
    """Packages are installed from lists that an earlier step fetched, and that grow old in the cache."""

    code = "CPL404"
    name = "stale-package-index"
    severity = Severity.WARNING
    examples = (
        Example(
            "A step of its own",
            """\
FROM debian:12
RUN apt-get update
RUN apt-get install -y --no-install-recommends \\
    curl \\
    git
""",
            fixed="""\
FROM debian:12
RUN apt-get update && apt-get install -y --no-install-recommends \\
    curl \\
    git
""",
        ),
        Example(
            "With comments, and two steps that install",
            """\
FROM debian:12
# The lists
RUN apt-get update -qq

ENV LANG=C.UTF-8
# What the build needs
RUN apt-get install -y gcc
COPY . /src
RUN apt-get install -y curl && rm -rf /var/lib/apt/lists/*
""",
            {"main.c": ""},
            fixed="""\
FROM debian:12

ENV LANG=C.UTF-8
# The lists
# What the build needs
RUN apt-get update -qq && apt-get install -y gcc
COPY . /src
RUN apt-get update -qq && apt-get install -y curl && rm -rf /var/lib/apt/lists/*
""",
        ),
        Example(
            "Lists of a step that installs, too",
            """\
FROM debian:12
RUN apt-get update && apt-get install -y gcc
RUN apt-get install -y curl
""",
            fixed="""\
FROM debian:12
RUN apt-get update && apt-get install -y gcc
RUN apt-get update && apt-get install -y curl
""",
        ),
        Example(
            "pacman",
            """\
FROM archlinux:base
RUN pacman -Sy
RUN pacman -S --noconfirm git
""",
            fixed="""\
FROM archlinux:base
RUN pacman -Sy && pacman -S --noconfirm git
""",
        ),
        Example(
            "Sources that come in between",
            """\
FROM debian:12
RUN apt-get update
COPY our.list /etc/apt/sources.list.d/
RUN apt-get install -y curl
""",
            {"our.list": ""},
            withheld="line 3 may change which packages there are",
        ),
        Example(
            "A heredoc",
            """\
FROM debian:12
RUN apt-get update
RUN <<EOF
set -e
apt-get install -y curl
EOF
""",
            withheld="line 3 is a heredoc",
        ),
        Example(
            "A JSON array",
            """\
FROM debian:12
RUN apt-get update
RUN ["apt-get", "install", "-y", "curl"]
""",
            withheld="line 3 is a JSON array",
        ),
        Example(
            "A step that goes on after a failure",
            """\
FROM debian:12
RUN apt-get update
RUN set -e; apt-get install -y curl
""",
            withheld="something else than `&&`",
        ),
        Example(
            "Another user",
            """\
FROM debian:12
RUN apt-get update
USER app
RUN sudo apt-get install -y curl
""",
            withheld="run as different users",
        ),
        Example(
            "In the stage above",
            """\
FROM debian:12 AS base
RUN apt-get update
FROM base
RUN apt-get install -y curl
""",
            withheld="in another stage",
        ),
        Example(
            "Something in between that may need the lists",
            """\
FROM debian:12
RUN apt-get update
RUN apt-cache policy curl
RUN apt-get install -y curl
""",
            withheld="line 3 may need the lists",
        ),
        Example(
            "A variable that is set anew",
            """\
FROM debian:12
ENV PROXY=http://proxy:3128
RUN apt-get -o Acquire::http::Proxy=$PROXY update && apt-get install -y gcc
ENV PROXY=
RUN apt-get install -y curl
""",
            withheld="line 3 uses PROXY",
        ),
        Example(
            "A condition",
            """\
FROM debian:12
RUN apt-get update
ARG DEBUG
RUN if [ -n "$DEBUG" ]; then apt-get install -y gdb; fi
""",
            withheld="line 4 asks a question first",
        ),
        Example(
            "A log of its own",
            """\
FROM debian:12
RUN apt-get update > fetched.log
WORKDIR /app
RUN apt-get install -y curl
""",
            withheld="writes to a file",
        ),
        Example(
            "Sources of one day",
            """\
FROM debian:12-slim
RUN rm -r /etc/apt/sources.list.d && echo \\
    "deb [check-valid-until=no] http://snapshot.debian.org/archive/debian/20240101T000000Z bookworm main" \\
    > /etc/apt/sources.list
RUN apt-get update
RUN apt-get install -y curl
""",
            silent="the lists of a snapshot never change",
        ),
        Example(
            "One step",
            """\
FROM debian:12
RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*
RUN apt-get update && apt-get install -y git && rm -rf /var/lib/apt/lists/*
""",
            silent="each step fetches the lists that it uses",
        ),
        Example(
            "A script that fetches them",
            """\
FROM debian:12
RUN apt-get update && apt-get install -y curl
RUN curl -fsSL https://deb.example.org/setup_22.x | bash - && apt-get install -y nodejs
""",
            silent="the script may run apt-get update",
        ),
        Example(
            "Lists that are gone",
            """\
FROM debian:12
RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*
RUN apt-get install -y git
""",
            silent="the build fails, or git is there already: no old list is used",
        ),
        Example(
            "apk",
            """\
FROM alpine:3.20
RUN apk update
RUN apk add git
""",
            silent="apk fetches an index that is older than four hours again",
        ),
        Example(
            "dnf",
            """\
FROM fedora:40
RUN dnf makecache
RUN dnf install -y git
""",
            silent="dnf looks whether its metadata has expired",
        ),
        Example(
            "A second try",
            """\
FROM debian:12
RUN apt-get update
RUN apt-get install -y curl || (apt-get update && apt-get install -y curl)
""",
            silent="where the lists are too old, the step fetches new ones",
        ),
    )

    def check(self, view: View) -> Iterable[Diagnostic]:
        """One finding for each command that fetched lists which later steps install from."""
        model = view.layers
        groups: dict[int, list[_Stale]] = {}
        for stage in model.stages:
            for step in stage.steps:
                if step.keyword == "RUN" and _begins_with_old_lists(model.facts(step)):
                    stale = _stale(model, step) if stage.index in model.reachable() else None
                    if stale is not None:
                        groups.setdefault(stale.fetcher.index, []).append(stale)
        if groups and _SNAPSHOT.search(model.dockerfile.source.text):
            return
        for group in groups.values():
            yield self._finding(model, group)

    def _finding(self, model: LayerModel, group: Sequence[_Stale]) -> Diagnostic:
        from copylast import join_fetch

        first = group[0]
        fetch, install = command_name(first.fetch), command_name(first.install)
        lists = lists_of(first.install)
        assert lists is not None
        steps = [stale.step for stale in group]
        title = f"Run `{fetch}` in the step that installs"
        fix, withheld = offer(lambda: join_fetch(model, first.fetcher, first.fetch, lists, steps, title))
        severity = self.severity
        relies = tuple(Label(one.install.command.span, "installs from its lists") for one in group)
        if all(fetches(fact) for fact in model.facts(first.fetcher)):
            message = f"`{fetch}` stays in the cache, and `{install}` on line {first.step.line} uses old package lists"
            span, label, labels = first.fetch.command.span, "is a step of its own", relies
        else:
            message = f"`{install}` uses old package lists: `{fetch}` on line {first.fetcher.line} stays in the cache"
            if any(_names_packages(fact) for fact in model.facts(first.fetcher)):
                severity = Severity.INFO
            span, label = first.install.command.span, "installs from the lists of an earlier step"
            labels = (Label(first.fetch.command.span, "fetched them"), *relies[1:])
        return Diagnostic(
            self.code,
            self.name,
            message,
            span,
            severity,
            label=label,
            labels=labels,
            help=f"write `{fetch} && {install} ...` in one RUN",
            fix=fix,
            withheld=withheld,
        )


def _names_packages(fact: Facts) -> bool:
    return uses(fact) is not None and fact.match is not None and bool(fact.match.positional)


def _begins_with_old_lists(facts: Sequence[Facts]) -> bool:
    """True if the first command that has to do with lists does not fetch them: of most steps, none has."""
    for fact in facts:
        match = fact.match
        if match is not None and match.ecosystem.lists:
            return not fetches(fact)
    return False


def _stale(model: LayerModel, step: Step) -> _Stale | None:
    """What makes the RUN install from old lists; None if it does not, or if nobody can tell."""
    install = stale_use(model, step)
    lists = uses(install) if install is not None else None
    source = lists_source(model, step, lists) if lists is not None else None
    if install is None or source is None:
        return None
    return _Stale(step, install, source.step, source.fact)
