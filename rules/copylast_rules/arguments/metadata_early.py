"""Labels and the like stand above steps, for a builder whose cache they break.

What it finds
=============

For builders other than BuildKit: `LABEL`, `EXPOSE`, `CMD`, `ENTRYPOINT`, `HEALTHCHECK`, `STOPSIGNAL` or `MAINTAINER`
above a `RUN` of the same stage that installs or builds something.

Why it matters
==============

Buildah, Podman and Docker's classic builder look up each instruction after the one above it, and kaniko (by what it
documents) puts the text of each into the key of the next: another label, port or command runs all steps below it again.
For BuildKit the same instructions are part of no key, wherever they stand.

What the fix does
=================

It moves these instructions of the stage below its last step, in the order in which they stand. The image gets the same
settings. The fix is withheld where a variable in one of them, or the shell of its command, is set anew on the way.

When it stays silent
====================

It runs only where it is selected, and for BuildKit, which is the default, it says nothing: `--builder buildah`, or
`builder = "buildah"` in the configuration, names another one. About `VOLUME`, which means something to the steps below
it, and `ONBUILD`; in stages that the build does not need.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from copylast import (
    Diagnostic,
    Example,
    Facts,
    Label,
    Rule,
    Severity,
    Step,
    View,
    command_name,
    kind_of,
    lower_metadata,
    metadata_above,
    offer,
)

_KEYWORDS = frozenset("LABEL EXPOSE CMD ENTRYPOINT HEALTHCHECK STOPSIGNAL MAINTAINER".split())
_EARLY = """\
FROM debian:12
ARG VERSION=1
LABEL version=$VERSION
EXPOSE 80
RUN apt-get update && apt-get install -y nginx
COPY site /var/www/html
CMD ["nginx", "-g", "daemon off;"]
"""
_SITE = {"site/index.html": ""}


class MetadataEarly(Rule):
    """Labels and the like stand above steps, for a builder whose cache they break."""

    code = "CPL207"
    name = "metadata-early"
    severity = Severity.INFO
    opt_in = True
    examples = (
        Example(
            "A label above an install, with --builder buildah",
            _EARLY,
            _SITE,
            fixed="""\
FROM debian:12
ARG VERSION=1
RUN apt-get update && apt-get install -y nginx
COPY site /var/www/html
LABEL version=$VERSION
EXPOSE 80
CMD ["nginx", "-g", "daemon off;"]
""",
            builder="buildah",
        ),
        Example(
            "A comment goes along, with --builder kaniko",
            """\
FROM node:20 AS base
# who to ask
LABEL maintainer=us

RUN npm install -g serve
WORKDIR /app

FROM base
COPY . .
""",
            {"index.html": ""},
            fixed="""\
FROM node:20 AS base

RUN npm install -g serve
WORKDIR /app

# who to ask
LABEL maintainer=us

FROM base
COPY . .
""",
            builder="kaniko",
        ),
        Example(
            "The variable is set anew, with --builder classic",
            "FROM debian:12\nENV V=1\nLABEL v=$V\nENV V=2\nRUN apt-get update && apt-get install -y nginx\n",
            withheld="line 3 uses V, which line 4 sets anew",
            builder="classic",
        ),
        Example("With BuildKit", _EARLY, _SITE, silent="labels are part of no key"),
        Example(
            "Below the steps, with --builder buildah",
            "FROM debian:12\nRUN apt-get update && apt-get install -y nginx\nLABEL v=1\nEXPOSE 80\n",
            silent="nothing stands below them",
            builder="buildah",
        ),
        Example(
            "Above what takes no time, with --builder buildah",
            "FROM debian:12\nLABEL v=1\nCOPY site /srv\n",
            _SITE,
            silent="there is little to do again",
            builder="buildah",
        ),
        Example(
            "A volume, with --builder classic",
            "FROM debian:12\nVOLUME /data\nRUN apt-get update && apt-get install -y nginx\n",
            silent="what a step below writes into it is dropped, so its place matters",
            builder="classic",
        ),
    )

    def check(self, view: View) -> Iterable[Diagnostic]:
        """One finding for each stage."""
        if view.builder == "buildkit":
            return
        model = view.layers
        for stage in model.stages:
            early = metadata_above(model, stage.index, _KEYWORDS) if stage.index in model.reachable() else ()
            costly = _costly(view, early[0]) if early else None
            if costly is None:
                continue
            above = [step for step in early if step.index < costly[0].index]
            words = list(dict.fromkeys(step.keyword for step in above))
            said = " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))
            title = f"Put {said} below the steps"
            fix, withheld = offer(partial(lower_metadata, model, early, title))
            yield Diagnostic(
                self.code,
                self.name,
                f"{view.builder} runs `{command_name(costly[1])}` again with each change of the {said} above it",
                above[0].instruction.span,
                self.severity,
                label="is part of the key of all steps below",
                labels=(
                    *(Label(step.instruction.span, "here too") for step in above[1:]),
                    Label(costly[1].command.span, "does not use it"),
                ),
                help="set it at the end of the stage",
                fix=fix,
                withheld=withheld,
            )


def _costly(view: View, first: Step) -> tuple[Step, Facts] | None:
    """The last RUN below ``first`` that installs or builds, and its command."""
    found: tuple[Step, Facts] | None = None
    for step in view.layers.stages[first.stage].steps:
        for fact in view.layers.facts(step) if step.keyword == "RUN" and step.index > first.index else ():
            if kind_of((fact,)) != "run" or fact.role == "build":
                found = step, fact
    return found
