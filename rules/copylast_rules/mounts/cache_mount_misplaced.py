"""A cache mount is not where the tool keeps its cache, or it holds what later steps need.

What it finds
=============

A cache mount for a package manager that keeps its downloads elsewhere: because a variable or an option of the same
Dockerfile says so, because the step runs as another user than the mount is for (`USER app`, and a mount below
`/root`), or because the base image has its cache in another place. And a mount in which a build leaves its result,
where a later `COPY --from` or `cp` looks for it.

Why it matters
==============

A mount that nobody fills spares nothing, and what is downloaded becomes part of the image. What lies in a mount is no
part of the image at all: a later step finds an empty directory, and the build fails or goes on without the result.

What the fix does
=================

There is none: the rule names the directory that the tool uses, or the step that misses the result.

When it stays silent
====================

Where it is not sure which directory the tool uses: settings of the tool in the project or written by a step, a base
image that copylast does not know, a user whose home it does not know. And where something else may bring what the
later step looks for.
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
    misplaced,
    missed_output,
)


class CacheMountMisplaced(Rule):
    """A cache mount is not where the tool keeps its cache, or it holds what later steps need."""

    code = "CPL403"
    name = "cache-mount-misplaced"
    severity = Severity.WARNING
    examples = (
        Example(
            "A variable says otherwise",
            """\
FROM python:3.12
ENV PIP_CACHE_DIR=/var/cache/pip
RUN --mount=type=cache,target=/root/.cache/pip pip install flask
""",
            found=True,
        ),
        Example(
            "Another user",
            """\
FROM node:22
USER node
RUN --mount=type=cache,target=/root/.npm npm install -g pnpm
""",
            found=True,
        ),
        Example(
            "Yarn as root",
            """\
FROM node:22
WORKDIR /app
COPY package.json yarn.lock ./
RUN --mount=type=cache,target=/root/.cache/yarn yarn install --frozen-lockfile
""",
            {"package.json": "{}", "yarn.lock": "# yarn lockfile v1\\n"},
            found=True,
        ),
        Example(
            "The result stays in the mount",
            """\
FROM rust:1 AS build
WORKDIR /app
COPY . .
RUN --mount=type=cache,target=/app/target cargo build --release
FROM debian:12
COPY --from=build /app/target/release/app /usr/local/bin/app
""",
            {"Cargo.toml": '[package]\nname = "app"\n', "src/main.rs": "fn main() {}\n"},
            found=True,
        ),
        Example(
            "The result is copied out of the mount",
            """\
FROM rust:1 AS build
WORKDIR /app
COPY . .
RUN --mount=type=cache,target=/app/target cargo build --release && cp target/release/app /app/app
FROM debian:12
COPY --from=build /app/app /usr/local/bin/app
""",
            {"Cargo.toml": '[package]\nname = "app"\n', "src/main.rs": "fn main() {}\n"},
            silent="what is needed leaves the mount in the same step",
        ),
        Example(
            "A directory above it",
            """\
FROM python:3.12
RUN --mount=type=cache,target=/root/.cache pip install flask
""",
            silent="pip's cache lies in the mount",
        ),
        Example(
            "A home that nobody knows",
            """\
FROM python:3.12
USER app
RUN --mount=type=cache,target=/srv/.cache/pip,uid=1000 pip install flask
""",
            silent="/srv may be the user's home",
        ),
        Example(
            "Another user with root's home",
            """\
FROM python:3.12-alpine
RUN adduser -D -h /root app
USER app
RUN --mount=type=cache,target=/root/.cache/pip,uid=1000 pip install flask
""",
            silent="the user's home is /root",
        ),
        Example(
            "Settings",
            """\
FROM python:3.12
RUN pip config set global.cache-dir /cache/.cache/pip
RUN --mount=type=cache,target=/cache/.cache/pip pip install flask
""",
            silent="a step wrote the tool's settings",
        ),
        Example(
            "A base image that nobody knows",
            """\
FROM example/python
RUN --mount=type=cache,target=/opt/.cache/pip pip install flask
""",
            silent="it may set PIP_CACHE_DIR or another user",
        ),
    )

    def check(self, view: View) -> Iterable[Diagnostic]:
        """One finding for each mount that is for nothing, and one for each that takes a result away."""
        model = view.layers
        for stage in model.stages:
            for step in stage.steps if stage.index in model.reachable() else ():
                if step.keyword == "RUN" and any(mount.kind == "cache" for mount in step.mounts):
                    yield from self._of_step(model, step)

    def _of_step(self, model: LayerModel, step: Step) -> Iterator[Diagnostic]:
        for fact, target, place in misplaced(model, step):
            program = fact.match.program if fact.match is not None else fact.command.argv[0]
            where = f"in {place}" if place is not None else "below the home of its user"
            yield self._finding(
                step,
                target,
                f"`{program}` keeps its cache {where}, and the mount at {target} stays empty",
                (Label(fact.command.span, "does not use the mount"),),
                f"mount {place}" if place is not None else f"mount the cache of the user {step.user}",
            )
        for target, reader, path in missed_output(model, step):
            yield self._finding(
                step,
                target,
                f"line {reader.line} looks for {path}, which stays in the cache mount of this step",
                (Label(reader.instruction.span, "finds nothing there"),),
                "copy the result out of the mount in the same RUN",
            )

    def _finding(
        self, step: Step, target: str, message: str, labels: tuple[Label, ...], advice: str
    ) -> Diagnostic:
        flags = (flag for flag in step.instruction.flags if flag.name == "mount" and target in (flag.value or ""))
        flag = next(flags, None)
        span = flag.span if flag is not None else step.instruction.span
        return Diagnostic(self.code, self.name, message, span, self.severity, labels=labels, help=advice)
