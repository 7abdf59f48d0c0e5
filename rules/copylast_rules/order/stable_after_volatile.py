"""Files that rarely change are copied after files that often change.

What it finds
=============

A `COPY` of files that changed in at most 2 % of the last 50 commits below one of files that changed in at least 20 %
of them, where the two could change places: nothing between them reads, writes or decides where the files go.

Why it matters
==============

Every change of the upper files makes a new layer of the lower ones too, which is copied, pushed and pulled again.

What the fix does
=================

There is none: how much is gained depends on how large the files are, and on who pulls the image.

When it stays silent
====================

Unless it is selected by name: it runs git. Without a git history of at least 20 commits, and for files that git does
not track. Across a `RUN`, which may read what was copied, and across all that meets in the image: a destination that
overlaps, a `WORKDIR` that a relative destination hangs on, variables, volumes, other owners in the same directory.
For `COPY --link`, whose layer does not depend on those below it.
"""

from __future__ import annotations

from collections.abc import Iterable

from copylast import Diagnostic, Example, Label, Rule, Severity, View
from copylast_rules.order.independent_copies import crossed_copies, stable, volatile

_FILES = {"src/main.py": "", "conf/app.ini": "", "static/logo.svg": ""}
_BUSY = {"src/main.py": 30}


class StableAfterVolatile(Rule):
    """Files that rarely change are copied after files that often change."""

    code = "CPL109"
    name = "stable-after-volatile"
    severity = Severity.INFO
    opt_in = True
    examples = (
        Example(
            "The source first",
            """\
FROM python:3.12
WORKDIR /app
COPY src src
COPY static static
CMD ["python", "src/main.py"]
""",
            _FILES,
            found=True,
            changes=_BUSY,
        ),
        Example(
            "The whole project first",
            """\
FROM nginx:1.27
WORKDIR /app
COPY . .
COPY conf/app.ini /etc/app/
""",
            _FILES,
            found=True,
            changes=_BUSY,
        ),
        Example(
            "Into the same directory, but other files",
            """\
FROM python:3.12
WORKDIR /app
COPY src/main.py ./
EXPOSE 8000
COPY conf/app.ini ./
""",
            _FILES,
            found=True,
            changes=_BUSY,
        ),
        Example(
            "What rarely changes first",
            """\
FROM python:3.12
WORKDIR /app
COPY static static
COPY src src
""",
            _FILES,
            silent="that is the right order",
            changes=_BUSY,
        ),
        Example(
            "No history",
            """\
FROM python:3.12
WORKDIR /app
COPY src src
COPY static static
""",
            _FILES,
            silent="without commits nobody knows what changes",
        ),
        Example(
            "Files that change now and then",
            """\
FROM python:3.12
WORKDIR /app
COPY src src
COPY static static
""",
            _FILES,
            silent="two of 50 commits are more than seldom",
            changes={**_BUSY, "static": 2},
        ),
        Example(
            "Nothing changes often",
            """\
FROM python:3.12
WORKDIR /app
COPY src src
COPY static static
""",
            _FILES,
            silent="nine of 50 commits are less than often",
            changes={"src/main.py": 9},
        ),
        Example(
            "A step between the two",
            """\
FROM python:3.12
WORKDIR /app
COPY src src
RUN python -m compileall .
COPY static static
""",
            _FILES,
            silent="it would see the files, if they came first",
            changes=_BUSY,
        ),
        Example(
            "One lies over the other",
            """\
FROM python:3.12
WORKDIR /app
COPY src src
COPY conf/app.ini src/main.py
""",
            _FILES,
            silent="the lower file would be lost, if it came first",
            changes=_BUSY,
        ),
        Example(
            "Into a directory that both make",
            """\
FROM python:3.12
COPY src /app
COPY conf/app.ini /app/data/
""",
            {**_FILES, "src/data/readme.txt": ""},
            silent="which of the two makes the directory decides what it is",
            changes={"src/main.py": 30},
        ),
        Example(
            "Relative to another directory",
            """\
FROM python:3.12
WORKDIR /app
COPY src src
WORKDIR /srv
COPY static ../static
""",
            _FILES,
            silent="above the WORKDIR it would go elsewhere",
            changes=_BUSY,
        ),
        Example(
            "Into a directory that a step makes",
            """\
FROM python:3.12
COPY src /app/src
WORKDIR /srv
COPY static /srv/static
""",
            _FILES,
            silent="which of the two makes /srv decides whose it is",
            changes=_BUSY,
        ),
        Example(
            "A destination that others make a directory",
            """\
FROM python:3.12
COPY src /app
COPY conf/app.ini /app
""",
            _FILES,
            silent="if it came first, /app would be a file",
            changes=_BUSY,
        ),
        Example(
            "A variable between the two",
            """\
FROM python:3.12
COPY src /app/src
ARG SITE=static
COPY ${SITE} /app/static
""",
            _FILES,
            silent="above the ARG nobody knows what to copy",
            changes=_BUSY,
        ),
        Example(
            "Other owners",
            """\
FROM python:3.12
COPY --chown=1000 src /app/src
COPY static /app/static
""",
            _FILES,
            silent="which of the two makes /app decides whose it is",
            changes=_BUSY,
        ),
        Example(
            "A layer of its own",
            """\
FROM python:3.12
COPY src /app/src
COPY --link static /app/static
""",
            _FILES,
            silent="it depends on no layer below it",
            changes=_BUSY,
        ),
        Example(
            "Made by another stage",
            """\
FROM python:3.12 AS build
COPY src /src
RUN python -m compileall /src

FROM python:3.12
COPY src /app/src
COPY --from=build /src/__pycache__ /app/cache
""",
            _FILES,
            silent="how often that changes, no history says",
            changes=_BUSY,
        ),
    )

    def check(self, view: View) -> Iterable[Diagnostic]:
        """One finding for each COPY of files that often change, below which others should not stand."""
        model, context = view.layers, view.context
        for stage in model.stages if context is not None else ():
            if context is None or stage.index not in model.reachable():
                continue
            found: dict[int, Diagnostic] = {}
            for place, step in enumerate(stage.steps):
                crossed = [*crossed_copies(model, step, stage.steps[:place])]
                calm = stable(context, step) if crossed else None
                upper = next(((o, busy) for o in crossed if (busy := volatile(context, o))), None) if calm else None
                if calm is None or upper is None:
                    continue
                other, busy = upper
                often = Label(step.instruction.span, f"changed in {calm.changed} of the last {calm.commits} commits")
                known = found.get(other.index)
                if known is not None:
                    found[other.index] = known._replace(labels=(*known.labels, often))
                    continue
                found[other.index] = Diagnostic(
                    self.code,
                    self.name,
                    "files that rarely change are copied after files that often change",
                    often.span,
                    self.severity,
                    label=often.text,
                    labels=(Label(other.instruction.span, f"changed in {busy.changed} of them"),),
                    help=f"put what rarely changes above line {other.line}",
                )
            yield from found.values()
