"""A build argument with a value that nothing in the file uses.

What it finds
=============

An `ARG` with a default (its own, or that of a global `ARG` of the same name) that no instruction below it names, in
its stage or in one that continues it, above a `RUN`.

Why it matters
==============

An argument with a value is part of the cache key of each `RUN` below it, used or not: whoever passes another value
runs them all again, for nothing.

What the fix does
=================

It takes the `ARG` away, with the comments directly above it. It is an unsafe fix: somebody may pass the argument, and
the builder then warns that nothing consumed it. It is withheld where a program of the project, a build or an unknown
command stands below, which may look up any variable, and where the same `ARG` declares others that are used.

When it stays silent
====================

For names that the usual tools look up by themselves (`DEBIAN_FRONTEND`, `PIP_*`, `NODE_ENV`, `VITE_*`), for proxies
(CPL206) and platform arguments (CPL205), where a caller passes another value each time (CPL201), without a value,
without a `RUN` below, for global `ARG`s, and in stages that the build does not need.
"""

from __future__ import annotations

from collections.abc import Iterable

from copylast import PROXY_ARGUMENTS, Diagnostic, Example, LayerModel, Rule, Safety, Severity, Step, View, any_of

_FOR_THE_BUILD = any_of(
    ("VITE_*", "NEXT_*", "NUXT_*", "REACT_APP_*", "VUE_APP_*", "GATSBY_*", "EXPO_*", "PUBLIC_*", "STORYBOOK_*", "NG_*")
)
"""What bundlers hand from the environment to the code that they bundle."""


class UnusedArgument(Rule):
    """A build argument with a value that nothing in the file uses."""

    code = "CPL204"
    name = "unused-argument"
    severity = Severity.INFO
    examples = (
        Example(
            "Left over",
            """\
FROM debian:12
ARG CURL_VERSION=8.5
RUN apt-get update && apt-get install -y curl
COPY app /usr/local/bin/
""",
            {"app": ""},
            fixed="""\
FROM debian:12
RUN apt-get update && apt-get install -y curl
COPY app /usr/local/bin/
""",
            unsafe=True,
        ),
        Example(
            "The default of a global argument",
            """\
ARG RELEASE=12
FROM debian:$RELEASE

# The release of the base.
ARG RELEASE
RUN apt-get update && apt-get install -y curl
""",
            fixed="""\
ARG RELEASE=12
FROM debian:$RELEASE

RUN apt-get update && apt-get install -y curl
""",
            unsafe=True,
        ),
        Example(
            "A build may look it up",
            """\
FROM debian:12
ARG MODE=release
COPY . /src
RUN make -C /src
""",
            {"Makefile": "all:\n\techo $(MODE)\n"},
            withheld="reads Makefile, which names MODE",
        ),
        Example(
            "A program of the project may look it up",
            """\
FROM debian:12
ARG MODE=release
COPY . /src
RUN /src/configure
""",
            {"configure": "#!/usr/bin/env node\n"},
            withheld="`configure` on line 4 may read any variable",
        ),
        Example(
            "Declared with one that is used",
            """\
FROM debian:12
ARG MODE=release PACKAGE=curl
RUN apt-get update && apt-get install -y $PACKAGE
""",
            withheld="it declares PACKAGE too",
        ),
        Example(
            "Used in a stage that continues it",
            """\
FROM debian:12 AS base
ARG PACKAGE=curl
RUN apt-get update

FROM base
RUN apt-get install -y $PACKAGE
""",
            silent="the second stage inherits it and uses it",
        ),
        Example(
            "For apt",
            """\
FROM debian:12
ARG DEBIAN_FRONTEND=noninteractive
RUN apt-get update && apt-get install -y curl
""",
            silent="apt looks it up",
        ),
        Example(
            "For the bundle",
            """\
FROM node:20
WORKDIR /app
ARG VITE_API=https://example.org
COPY . .
RUN npm run build
""",
            {"package.json": '{"name": "a", "scripts": {"build": "vite build"}}'},
            silent="the bundler hands it to the code",
        ),
        Example(
            "Without a value",
            """\
FROM debian:12
ARG COMMIT
RUN apt-get update && apt-get install -y curl
""",
            silent="as long as nobody passes one, it is in no key",
        ),
        Example(
            "No step below",
            """\
FROM debian:12
RUN apt-get update && apt-get install -y curl
ARG MODE=release
""",
            silent="it is in no key",
        ),
    )

    def check(self, view: View) -> Iterable[Diagnostic]:
        """One finding for each such argument."""
        model = view.layers
        for stage in model.stages:
            declared = [step for step in stage.steps if step.keyword == "ARG"]
            if not declared or stage.index not in model.reachable():
                continue
            from copylast import names_set
            from copylast_rules.arguments.early import MOST

            for step in declared[:MOST]:
                for name in sorted(names_set(step)):
                    if _unused(model, step, name):
                        yield self._finding(model, step, name)

    def _finding(self, model: LayerModel, step: Step, name: str) -> Diagnostic:
        from copylast import drop_settings, names_set, reading
        from copylast_rules.arguments.reach import below

        others = sorted(names_set(step) - {name})
        found = (reading(model, run, name) for run in below(model, step) if run.keyword == "RUN")
        why = next((one.why for one in found if one is not None and one.how != "doubt"), None)
        if why is None and others:
            why = f"it declares {others[0]} too"
        fix = drop_settings(model, [step], f"Remove ARG {name}", Safety.UNSAFE) if why is None else None
        return Diagnostic(
            self.code,
            self.name,
            f"nothing in this file uses {name}, and it is in the cache key of every RUN below",
            step.instruction.span,
            self.severity,
            help="remove the ARG",
            fix=fix,
            withheld=why or "the fix is not a safe one: whoever passes the argument is warned that nothing consumes it",
        )


def _unused(model: LayerModel, step: Step, name: str) -> bool:
    from copylast import read_by_tools, says
    from copylast_rules.arguments.early import PREDEFINED, early_arguments
    from copylast_rules.arguments.reach import below, has_default

    if name.startswith(PREDEFINED) or name in PROXY_ARGUMENTS or read_by_tools(name) or _FOR_THE_BUILD(name):
        return False
    if not has_default(model, step, name):
        return False
    own = [pair.value.text for pair in step.instruction.pairs if pair.value is not None and pair.name.text != name]
    if any(name in text for text in own):
        return False
    reached = list(below(model, step))
    if not any(other.keyword == "RUN" for other in reached) or any(says(other, name) for other in reached):
        return False
    return all(early.way.start is not step for early in model.shared(early_arguments))
