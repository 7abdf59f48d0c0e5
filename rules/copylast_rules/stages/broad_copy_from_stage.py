"""The whole file system of a stage is copied.

What it finds
=============

`COPY --from=build / ...`, where the stage has a base image and ran commands, and what it copies into has a base image
too. A source such as `.` is the root as well: with `--from`, paths begin there and not in the `WORKDIR`.

Why it matters
==============

A copy from a stage runs again when what it copies differs, and not before: a build that makes the same program again
costs the stages below nothing. Whoever copies everything gets the logs, caches and package lists of each run as well:
the copy and all below it run again with each run of the stage, and the image holds two distributions.

What the fix does
=================

There is none: which files the image needs is for its author to say.

When it stays silent
====================

For a named folder. Where the copy goes into a stage `FROM scratch`, which makes one layer of many; from a stage `FROM
scratch`, which holds nothing but what was put there; from images, and stages that are another name for one (`FROM
tonistiigi/xx AS xx`): what they hold only changes with them. In stages that the build does not need.
"""

from __future__ import annotations

from collections.abc import Iterable

from copylast import Diagnostic, Example, Label, LayerModel, Rule, Severity, View

_BUILD = """\
FROM golang:1.22 AS build
WORKDIR /src
COPY . .
RUN go build -o /out/app
"""
_FILES = {"main.go": "", "go.mod": ""}
_ROOT = frozenset({"/", ".", "./", "/.", "*", "/*", "./*"})


class BroadCopyFromStage(Rule):
    """The whole file system of a stage is copied."""

    code = "CPL502"
    name = "broad-copy-from-stage"
    severity = Severity.INFO
    examples = (
        Example("Everything", f"{_BUILD}FROM alpine:3.20\nCOPY --from=build / /\n", _FILES, found=True),
        Example(
            "A dot, which is not the WORKDIR of the stage",
            f"{_BUILD}FROM alpine:3.20\nWORKDIR /app\nCOPY --from=build . .\n",
            _FILES,
            found=True,
        ),
        Example(
            "What the image needs",
            f"{_BUILD}FROM alpine:3.20\nCOPY --from=build /out/app /usr/local/bin/\n",
            _FILES,
            silent="it is copied again only if the program is another one",
        ),
        Example(
            "One layer of many",
            "FROM debian:12 AS build\nRUN apt-get update && apt-get install -y nginx\n"
            "FROM scratch\nCOPY --from=build / /\n",
            silent="the image is meant to be the file system of the stage",
        ),
        Example(
            "A stage that holds only files",
            f"{_BUILD}FROM scratch AS files\nCOPY --from=build /out /bin\nFROM alpine:3.20\nCOPY --from=files / /\n",
            _FILES,
            silent="it holds nothing else",
        ),
        Example(
            "Another name for an image",
            "FROM tonistiigi/xx:1.5.0 AS xx\nFROM alpine:3.20\nCOPY --from=xx / /\nRUN xx-info\n",
            silent="it changes with the image only",
        ),
    )

    def check(self, view: View) -> Iterable[Diagnostic]:
        """One finding for each such COPY."""
        model = view.layers
        for stage in model.stages:
            for step in stage.steps:
                copy = step.copy
                if copy is None or copy.stage is None or stage.index not in model.reachable():
                    continue
                if not any(source in _ROOT for source in copy.sources):
                    continue
                if _ran(model, copy.stage) and not _empty(model, stage.index):
                    name = model.stages[copy.stage].name or str(copy.stage)
                    yield Diagnostic(
                        self.code,
                        self.name,
                        f"this copies the whole file system of the stage {name}",
                        step.instruction.span,
                        self.severity,
                        label=f"runs again whenever anything in {name} differs",
                        labels=(Label(model.dockerfile.stages[copy.stage].from_.span, "its base comes along"),),
                        help="copy the files that the image needs",
                    )


def _empty(model: LayerModel, stage: int) -> bool:
    """Whether a stage begins with nothing, or nobody knows with what."""
    return model.base_image(stage) in (None, "scratch")


def _ran(model: LayerModel, stage: int) -> bool:
    """Whether commands ran in a stage with a base image: its root is then more than what somebody put there."""
    return not _empty(model, stage) and any(step.keyword == "RUN" for step in model.stages[stage].chain_steps)
