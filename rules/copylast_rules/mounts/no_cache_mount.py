"""A step installs packages, and no cache mount keeps what it downloads.

What it finds
=============

A `RUN` that installs with a package manager whose downloads copylast knows the place of, without a cache mount there.

Why it matters
==============

When the step runs again, because one line of the lockfile changed, everything is downloaded again. A cache mount
outlives the step: only what is new is downloaded, and none of it is part of the image.

What the fix does
=================

It gives the step `--mount=type=cache` with the directory that the manager uses as this user, with this home directory
and these variables; `sharing=locked` for managers that allow one process at a time, and `uid` for users who are not
root. Where later steps need what the manager keeps there (Go, Cargo, Maven), they get the mount too. It is an unsafe
fix: the directory itself stays in the image, empty, and who relies on what lay in it finds nothing. It is withheld
where the directory or the user's number is not known, where a `COPY` fills the directory or takes from it, where a
later step or the image may need what is there, and where the step uses package lists that it does not fetch.

When it stays silent
====================

It runs only where it is selected. For managers whose downloads are what is installed (Deno, Dart), for apk, which
keeps packages only where `/etc/apk/cache` exists, and for stages that the build does not need.
"""

from __future__ import annotations

from collections.abc import Iterable

from copylast import (
    Diagnostic,
    Example,
    Gap,
    LayerModel,
    Rule,
    Severity,
    View,
    command_name,
    gap_of,
    mount_caches,
    offer,
)


class NoCacheMount(Rule):
    """A step installs packages, and no cache mount keeps what it downloads."""

    code = "CPL401"
    name = "no-cache-mount"
    severity = Severity.INFO
    opt_in = True
    examples = (
        Example(
            "pip",
            """\
FROM python:3.12
COPY requirements.txt /
RUN pip install -r /requirements.txt
""",
            {"requirements.txt": "flask\n"},
            fixed="""\
FROM python:3.12
COPY requirements.txt /
RUN --mount=type=cache,target=/root/.cache/pip \\
    pip install -r /requirements.txt
""",
            unsafe=True,
        ),
        Example(
            "apt allows one process at a time",
            """\
FROM debian:12
RUN apt-get update && apt-get install -y curl
""",
            fixed="""\
FROM debian:12
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked \\
    --mount=type=cache,target=/var/lib/apt,sharing=locked \\
    apt-get update && apt-get install -y curl
""",
            unsafe=True,
        ),
        Example(
            "Another user and another directory",
            """\
FROM node:22
USER 1000:1000
ENV HOME=/srv/home
COPY package.json package-lock.json ./
RUN npm ci
""",
            {"package.json": "{}", "package-lock.json": "{}"},
            fixed="""\
FROM node:22
USER 1000:1000
ENV HOME=/srv/home
COPY package.json package-lock.json ./
RUN --mount=type=cache,target=/srv/home/.npm,uid=1000,gid=1000 \\
    npm ci
""",
            unsafe=True,
        ),
        Example(
            "A variable says where",
            """\
FROM python:3.12
ENV PIP_CACHE_DIR=/cache/pip
RUN --network=default pip install flask
""",
            fixed="""\
FROM python:3.12
ENV PIP_CACHE_DIR=/cache/pip
RUN --mount=type=cache,target=/cache/pip \\
    --network=default pip install flask
""",
            unsafe=True,
        ),
        Example(
            "Go needs its modules when it builds",
            """\
FROM golang:1.22 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN go build -o /app
FROM debian:12
COPY --from=build /app /app
""",
            {"go.mod": "module a\n", "go.sum": "", "main.go": "package main\n"},
            fixed="""\
FROM golang:1.22 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod \\
    go mod download
COPY . .
RUN --mount=type=cache,target=/go/pkg/mod \\
    go build -o /app
FROM debian:12
COPY --from=build /app /app
""",
            unsafe=True,
        ),
        Example(
            "Nobody knows the user's home",
            """\
FROM python:3.12
USER app
RUN pip install --user flask
""",
            withheld="where `pip` keeps its cache here is not known",
        ),
        Example(
            "Nobody knows the user's number",
            """\
FROM python:3.12
USER app
ENV PIP_CACHE_DIR=/cache
RUN pip install --user flask
""",
            withheld="the number of the user app is not known",
        ),
        Example(
            "The image may need it",
            """\
FROM maven:3
COPY pom.xml ./
RUN mvn dependency:go-offline
""",
            {"pom.xml": "<project/>"},
            withheld="the image needs what",
        ),
        Example(
            "Settings lie there",
            """\
FROM maven:3 AS build
COPY settings.xml /root/.m2/
COPY pom.xml ./
RUN mvn dependency:go-offline
FROM debian:12
""",
            {"pom.xml": "<project/>", "settings.xml": "<settings/>"},
            silent="nothing needs the stage",
        ),
        Example(
            "Settings lie there, in a stage that is needed",
            """\
FROM maven:3 AS build
COPY settings.xml /root/.m2/
COPY pom.xml ./
RUN mvn dependency:go-offline
FROM debian:12
COPY --from=build /pom.xml /
""",
            {"pom.xml": "<project/>", "settings.xml": "<settings/>"},
            withheld="line 2 copies something to where the mount would be",
        ),
        Example(
            "Lists that a later step uses",
            """\
FROM debian:12
RUN apt-get update && apt-get install -y curl
RUN apt-get install -y git
""",
            withheld="may use the package lists of this step",
        ),
        Example(
            "A mount",
            """\
FROM python:3.12
RUN --mount=type=cache,target=/root/.cache pip install flask
""",
            silent="the mount holds pip's cache, too",
        ),
        Example(
            "apk",
            """\
FROM alpine:3.20
RUN apk add --no-cache git
""",
            silent="apk keeps no packages without /etc/apk/cache",
        ),
    )

    def check(self, view: View) -> Iterable[Diagnostic]:
        """One finding for the first install of each RUN that lacks a mount."""
        model = view.layers
        for stage in model.stages:
            for step in stage.steps if stage.index in model.reachable() else ():
                gap = gap_of(model, step) if step.keyword == "RUN" else None
                if gap is not None:
                    yield self._finding(model, gap)

    def _finding(self, model: LayerModel, gap: Gap) -> Diagnostic:
        fix, withheld = offer(lambda: mount_caches(model, gap, "Keep the downloads in a cache mount"))
        return Diagnostic(
            self.code,
            self.name,
            f"`{command_name(gap.install)}` downloads everything again when the step runs again",
            gap.install.command.span,
            self.severity,
            help="; ".join(f"RUN --mount={mount}" for mount in gap.mounts) or "give it a cache mount",
            fix=fix,
            withheld=withheld,
        )
