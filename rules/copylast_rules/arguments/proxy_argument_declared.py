"""A proxy is declared as a build argument, and its address enters the cache keys.

What it finds
=============

An `ARG` of a stage for one of the proxy variables that every builder knows (`HTTP_PROXY`, `HTTPS_PROXY`,
`FTP_PROXY`, `NO_PROXY`, `ALL_PROXY`, in upper or lower case), above a `RUN`.

Why it matters
==============

`--build-arg HTTP_PROXY=...` reaches each `RUN` without an `ARG`, and is then kept out of the cache keys. With the
`ARG` it is part of them: who builds behind another proxy, or behind none, shares no step. The address, with a
password if it has one, also shows in the image's history.

What the fix does
=================

It takes the `ARG` away. It is withheld where the `ARG` has a default, which would be lost, where an instruction
names the variable, and where the same `ARG` declares others; unsafe where a comment above it goes, too.

When it stays silent
====================

For global `ARG`s above the first `FROM`, which reach no step, where no `RUN` stands below, and in stages that the
build does not need.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from copylast import PROXY_ARGUMENTS, Diagnostic, Example, Label, LayerModel, Rule, Safety, Severity, Step, View


class ProxyArgumentDeclared(Rule):
    """A proxy is declared as a build argument, and its address enters the cache keys."""

    code = "CPL206"
    name = "proxy-argument-declared"
    severity = Severity.WARNING
    examples = (
        Example(
            "Two proxies",
            """\
FROM debian:12
ARG HTTP_PROXY
ARG https_proxy

RUN apt-get update && apt-get install -y curl
""",
            fixed="""\
FROM debian:12

RUN apt-get update && apt-get install -y curl
""",
        ),
        Example(
            "All in one instruction",
            """\
FROM debian:12
ARG HTTP_PROXY HTTPS_PROXY NO_PROXY
RUN make
""",
            fixed="""\
FROM debian:12
RUN make
""",
        ),
        Example(
            "With a comment",
            """\
FROM debian:12
# For our network.
ARG HTTP_PROXY
RUN apt-get update && apt-get install -y curl
""",
            fixed="""\
FROM debian:12
RUN apt-get update && apt-get install -y curl
""",
            unsafe=True,
        ),
        Example(
            "With a default",
            """\
FROM debian:12
ARG HTTP_PROXY=http://proxy.example.org:3128
RUN apt-get update && apt-get install -y curl
""",
            withheld="its default would be lost",
        ),
        Example(
            "Kept in the image",
            """\
FROM debian:12
ARG HTTP_PROXY
ENV http_proxy=$HTTP_PROXY
RUN apt-get update && apt-get install -y curl
""",
            withheld="line 3 names HTTP_PROXY",
        ),
        Example(
            "With another argument",
            """\
FROM debian:12
ARG HTTP_PROXY VERSION=1
RUN apt-get update && apt-get install -y curl=$VERSION
""",
            withheld="it declares VERSION too",
        ),
        Example(
            "A global argument",
            """\
ARG HTTP_PROXY
FROM debian:12
RUN apt-get update && apt-get install -y curl
""",
            silent="above FROM it reaches no step",
        ),
        Example(
            "No step below",
            """\
FROM debian:12
RUN apt-get update && apt-get install -y curl
ARG HTTP_PROXY
COPY . /srv
""",
            silent="an argument is part of the keys of the RUNs below it only",
        ),
    )

    def check(self, view: View) -> Iterable[Diagnostic]:
        """One finding for the ARGs of a stage that can go, and one for each that cannot."""
        model = view.layers
        for stage in model.stages:
            declared = [step for step in stage.steps if step.keyword == "ARG"]
            if not declared or stage.index not in model.reachable():
                continue
            from copylast import names_set
            from copylast_rules.arguments.reach import below

            declared = [step for step in declared if names_set(step) & PROXY_ARGUMENTS]
            declared = [step for step in declared if any(other.keyword == "RUN" for other in below(model, step))]
            free = [step for step in declared if _reason(model, step) is None]
            yield from self._findings(model, declared, free)

    def _findings(self, model: LayerModel, declared: Sequence[Step], free: Sequence[Step]) -> Iterator[Diagnostic]:
        from copylast import drop_settings
        from copylast_rules.arguments.early import listed

        if free:
            comments = any(step.instruction.leading or step.instruction.comments for step in free)
            safety = Safety.UNSAFE if comments else Safety.SAFE
            said = self._finding(free)
            why = "the fix is not a safe one: a comment goes with it" if comments else None
            title = f"Remove ARG {listed(_proxies(free))}"
            yield said._replace(fix=drop_settings(model, free, title, safety), withheld=why)
        for step in declared:
            reason = _reason(model, step)
            if reason is not None:
                yield self._finding([step])._replace(withheld=reason)

    def _finding(self, steps: Sequence[Step]) -> Diagnostic:
        from copylast_rules.arguments.early import listed

        names = _proxies(steps)
        verb = "enter" if len(names) > 1 else "enters"
        return Diagnostic(
            self.code,
            self.name,
            f"{listed(names)} {verb} the cache key of every RUN below: proxies need no ARG",
            steps[0].instruction.span,
            self.severity,
            label="a build is given it without this",
            labels=tuple(Label(step.instruction.span, "the same") for step in steps[1:]),
            help="remove the ARG; --build-arg works without it",
        )


def _proxies(steps: Sequence[Step]) -> list[str]:
    from copylast import names_set

    return [name for step in steps for name in sorted(names_set(step) & PROXY_ARGUMENTS)]


def _reason(model: LayerModel, step: Step) -> str | None:
    """Why the ARG cannot go; None if it can."""
    from copylast import names_set, says
    from copylast_rules.arguments.reach import below, has_default

    proxies = names_set(step) & PROXY_ARGUMENTS
    others = sorted(names_set(step) - PROXY_ARGUMENTS)
    if others:
        return f"it declares {others[0]} too"
    if any(has_default(model, step, name) for name in proxies):
        return "its default would be lost"
    for other in below(model, step):
        name = next((name for name in sorted(proxies) if says(other, name)), None)
        if name is not None and other.keyword != "ARG":
            return f"line {other.line} names {name}"
    return None
