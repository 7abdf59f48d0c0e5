"""A platform argument splits the cache of steps that are the same on every platform.

What it finds
=============

In a stage that runs on the builder's own platform (`FROM --platform=$BUILDPLATFORM`), an `ARG` such as `TARGETARCH`
above a `RUN` that installs or downloads packages and does not use it. And a stage that compiles for
another platform (`GOARCH=$TARGETARCH`) without `--platform=$BUILDPLATFORM`.

Why it matters
==============

The builder gives `TARGETARCH` a value of its own for each platform, and with the `ARG` it is part of the cache key of
each `RUN` below: the packages are installed once for each platform, though they are the same. A compiler that can
build for other platforms is emulated without `--platform=$BUILDPLATFORM`, which is many times slower.

What the fix does
=================

There is none: the rule says which step should stand above the `ARG`, or which `FROM` lacks the flag.

When it stays silent
====================

It runs only where it is selected. In stages for the target's platform, whose steps differ anyway; where the step
names the argument or may read it; and in stages that the build does not need.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from copylast import (
    Diagnostic,
    Example,
    Label,
    LayerModel,
    Rule,
    Severity,
    Step,
    View,
    command_name,
    lazy_regex,
    names_set,
    way_down,
)
from copylast_rules.arguments.early import costly

_PLATFORM = frozenset(f"TARGET{what}" for what in ("PLATFORM", "OS", "ARCH", "VARIANT", "OSVERSION"))
_CROSS = lazy_regex(r"\bGOARCH=[\"']?\$\{?TARGETARCH\b")


class PlatformArgumentEarly(Rule):
    """A platform argument splits the cache of steps that are the same on every platform."""

    code = "CPL205"
    name = "platform-argument-early"
    severity = Severity.INFO
    opt_in = True
    examples = (
        Example(
            "Above the download of modules",
            """\
FROM --platform=$BUILDPLATFORM golang:1.22 AS build
ARG TARGETARCH
RUN apt-get update && apt-get install -y protobuf-compiler
COPY . /src
RUN GOARCH=$TARGETARCH go build -C /src -o /app
FROM alpine:3.20
COPY --from=build /app /app
""",
            {"main.go": ""},
            found=True,
        ),
        Example(
            "A compiler that is emulated",
            """\
FROM golang:1.22 AS build
COPY . /src
ARG TARGETARCH
RUN GOARCH=$TARGETARCH go build -C /src -o /app
FROM alpine:3.20
COPY --from=build /app /app
""",
            {"main.go": ""},
            found=True,
        ),
        Example(
            "Below what is the same everywhere",
            """\
FROM --platform=$BUILDPLATFORM golang:1.22 AS build
RUN apt-get update && apt-get install -y protobuf-compiler
COPY . /src
ARG TARGETARCH
RUN GOARCH=$TARGETARCH go build -C /src -o /app
FROM alpine:3.20
COPY --from=build /app /app
""",
            {"main.go": ""},
            silent="only the build is made once for each platform",
        ),
        Example(
            "A stage of the target's platform",
            """\
FROM debian:12
ARG TARGETARCH
RUN apt-get update && apt-get install -y curl
RUN curl -fsSLo /usr/local/bin/tool https://example.org/tool-$TARGETARCH
""",
            silent="its packages differ with the platform anyway",
        ),
        Example(
            "The step uses it",
            """\
FROM --platform=$BUILDPLATFORM debian:12 AS fetch
ARG TARGETARCH
RUN apt-get update && apt-get install -y gcc-$TARGETARCH
FROM alpine:3.20
COPY --from=fetch /usr/bin /tools
""",
            silent="the packages are those for the platform",
        ),
    )

    def check(self, view: View) -> Iterable[Diagnostic]:
        """One finding for each such ARG, and for each FROM without the flag."""
        model = view.layers
        for stage in model.stages:
            if stage.index not in model.reachable():
                continue
            from_ = model.dockerfile.stages[stage.index].from_
            flag = from_.flag("platform")
            if flag is not None and "BUILDPLATFORM" in (flag.value or ""):
                for step in stage.steps:
                    yield from self._early(model, step)
            elif flag is None and stage.parent is None and stage.index < len(model.stages) - 1:
                source = model.dockerfile.source
                run = next((s for s in stage.steps if _CROSS.search(source.slice(s.instruction.span))), None)
                if run is not None:
                    yield Diagnostic(
                        self.code,
                        self.name,
                        "this stage compiles for another platform, and is emulated to do so",
                        from_.span,
                        self.severity,
                        labels=(Label(run.instruction.span, "can do so on any platform"),),
                        help="write FROM --platform=$BUILDPLATFORM",
                    )

    def _early(self, model: LayerModel, step: Step) -> Iterator[Diagnostic]:
        for name in sorted(names_set(step) & _PLATFORM) if step.keyword == "ARG" else ():
            way = way_down(model, step, name)
            tools = ((run, tool) for run in way.crossed if (tool := costly(model.facts(run))) is not None)
            run, tool = next(tools, (None, None))
            if run is not None and tool is not None:
                yield Diagnostic(
                    self.code,
                    self.name,
                    f"`{command_name(tool)}` runs once for each platform, and does not use {name}",
                    step.instruction.span,
                    self.severity,
                    labels=(Label(tool.command.span, "is the same on every platform"),),
                    help=f"declare {name} below line {run.line}",
                )
