"""A variable that is changed again and again stands above steps that do not use it.

What it finds
=============

An `ENV` above a `RUN` that installs packages, whose value at least three of the last 50 commits changed, as git's
history of the Dockerfile shows, and that no step of the stage reads: a version, a setting of the program that runs in
the container.

Why it matters
==============

An `ENV` is part of the cache key of each `RUN` below it, used or not. Each new value installs the packages again, for a
variable that only the container needs.

What the fix does
=================

It moves the `ENV` below the steps of its stage. That is an unsafe fix: what a program looks up in its environment can
not be seen from outside for certain.

When it stays silent
====================

It runs only where it is selected, since it asks git. Where fewer commits changed the value, or there is no history;
where a step of the stage names the variable or may read it, and for names that tools look up by themselves (`NODE_ENV`,
`PATH`, `TZ`); where a build argument gives the value, which is CPL202's matter; in stages that the build does not need.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from itertools import pairwise

from copylast import (
    Diagnostic,
    Example,
    Facts,
    Label,
    LayerModel,
    Rule,
    Safety,
    Severity,
    Step,
    View,
    Way,
    command_name,
    former_values,
    lower_settings,
    offer,
    read_by_tools,
    way_down,
)
from copylast_rules.arguments.early import costly, listed

_OFTEN = 3
_TEXT = """\
FROM debian:12
ENV APP_VERSION=1.4
RUN apt-get update && apt-get install -y nginx
COPY site /var/www/html
"""
_SITE = {"site/index.html": ""}
_FORMER = tuple(_TEXT.replace("1.4", version) for version in ("1.4", "1.3", "1.2", "1.1"))


class RuntimeVariableEarly(Rule):
    """A variable that is changed again and again stands above steps that do not use it."""

    code = "CPL203"
    name = "runtime-variable-early"
    severity = Severity.INFO
    opt_in = True
    examples = (
        Example(
            "A version that each release changes",
            _TEXT,
            _SITE,
            fixed="""\
FROM debian:12
RUN apt-get update && apt-get install -y nginx
COPY site /var/www/html
ENV APP_VERSION=1.4
""",
            unsafe=True,
            former=_FORMER,
        ),
        Example(
            "An ENV that sets more",
            _TEXT.replace("APP_VERSION=1.4", "DEBIAN_FRONTEND=noninteractive APP_VERSION=1.4"),
            _SITE,
            withheld="sets DEBIAN_FRONTEND too, which line 3 may read",
            former=_FORMER,
        ),
        Example("It rarely changes", _TEXT, _SITE, silent="one commit changed it", former=_FORMER[:2]),
        Example("No history", _TEXT, _SITE, silent="nobody knows whether it changes"),
        Example(
            "A step uses it",
            _TEXT.replace("-y nginx", "-y nginx=$APP_VERSION"),
            _SITE,
            silent="another version is another package",
            former=_FORMER,
        ),
        Example(
            "Something else changes",
            _TEXT.replace("RUN", "ENV PORT=80\nRUN").replace("ENV APP_VERSION=1.4\n", ""),
            _SITE,
            silent="not this variable",
            former=_FORMER,
        ),
        Example(
            "Below the steps",
            "FROM debian:12\nRUN apt-get update && apt-get install -y nginx\nENV APP_VERSION=1.4\n",
            silent="it is where it should be",
            former=_FORMER,
        ),
    )

    def check(self, view: View) -> Iterable[Diagnostic]:
        """One finding for each ENV."""
        model = view.layers
        early = [
            one for stage in model.stages if stage.index in model.reachable() for one in _early(model, stage.steps)
        ]
        values = former_values(view.context) if early and view.context is not None else {}
        found: dict[int, list[tuple[Way, Facts]]] = {}
        for way, tool in early:
            if sum(a != b for a, b in pairwise(values.get(way.names[0], ()))) >= _OFTEN:
                found.setdefault(way.start.index, []).append((way, tool))
        for ways in found.values():
            names = listed([way.names[0] for way, _ in ways])
            start, tool = ways[0][0].start, ways[0][1]
            title = f"Set {names} below the steps"
            fix, withheld = offer(partial(lower_settings, model, [way for way, _ in ways], title))
            if fix is not None:
                fix = fix._replace(safety=min(fix.safety, Safety.UNSAFE))
                withheld = withheld or "the fix is not a safe one: a step may look the variable up unseen"
            yield Diagnostic(
                self.code,
                self.name,
                f"`{command_name(tool)}` runs again for every new {names}, which no step here reads",
                start.instruction.span,
                self.severity,
                label="several of the last commits changed the value",
                labels=(Label(tool.command.span, "runs again with it"),),
                help="set it at the end of the stage",
                fix=fix,
                withheld=withheld,
            )


def _early(model: LayerModel, steps: Iterable[Step]) -> Iterable[tuple[Way, Facts]]:
    """The variables above a costly step that nothing in their stage uses."""
    for step in steps:
        for pair in step.instruction.pairs if step.keyword == "ENV" else ():
            name, value = pair.name.text, pair.value.text if pair.value is not None else ""
            if read_by_tools(name) or "$" in value:
                continue
            way = way_down(model, step, name)
            tools = (tool for run in way.crossed if (tool := costly(model.facts(run))) is not None)
            tool = next(tools, None) if way.stop is None and not way.takers else None
            if tool is not None:
                yield way, tool
