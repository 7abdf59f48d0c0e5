"""A build argument that is another one each time stands above steps that do not use it.

What it finds
=============

An `ARG` to which a file of the repository (a GitHub workflow, GitLab CI, a compose or bake file, a Makefile, a
script) passes a commit, a date, a branch, a version or the number of a run, above a `RUN` that installs or
downloads packages and does not use it. The name of the argument is no evidence: who passes it, and what, is shown.

Why it matters
==============

From its line on an argument with a value is part of the environment of each `RUN`, and with that of its cache key,
used or not. A new commit then runs the packages' installation again, and all below it.

What the fix does
=================

It puts the `ARG`, and the `ENV`, `LABEL` and `EXPOSE` that take its value, directly above the first instruction that
uses it or may read it; at the end of the stage where there is none. It crosses only commands of which it is known
what they look up: package managers that install what manifests, locks or their arguments name, and small tools. It
never crosses a build or a program of the project. The fix is unsafe where packages are compiled on the way with
scripts of their own (`cargo install`), and withheld where the same `ENV` sets what a crossed step needs.

When it stays silent
====================

When no file of the repository passes such a value, when the step names the argument or may read it, for names that
package managers look up by themselves (`CI`, `NODE_ENV`, `PIP_*`), when the value reaches the step as an `ENV`
(CPL202), and in stages that the caller's build does not need. Where the same `RUN` installs packages and then uses the
argument, it is reported as information only: the installation has to become a step of its own first.
"""

from __future__ import annotations

from collections.abc import Iterable

from copylast import Diagnostic, Example, Rule, Severity, View

_WORKFLOW = {
    ".github/workflows/image.yml": """\
on: push
jobs:
  image:
    runs-on: ubuntu-latest
    steps:
      - uses: docker/build-push-action@v6
        with:
          context: .
          build-args: |
            COMMIT=${{ github.sha }}
""",
}
_PYTHON = {"requirements.txt": "flask\n", "app.py": ""}


class VolatileArgumentEarly(Rule):
    """A build argument that is another one each time stands above steps that do not use it."""

    code = "CPL201"
    name = "volatile-argument-early"
    severity = Severity.WARNING
    examples = (
        Example(
            "The commit above an install",
            """\
FROM python:3.12
WORKDIR /app
ARG COMMIT
COPY requirements.txt ./
RUN pip install -r requirements.txt
COPY . .
RUN python -m compileall . && echo $COMMIT > version.txt
""",
            {**_WORKFLOW, **_PYTHON},
            fixed="""\
FROM python:3.12
WORKDIR /app
COPY requirements.txt ./
RUN pip install -r requirements.txt
COPY . .
ARG COMMIT
RUN python -m compileall . && echo $COMMIT > version.txt
""",
        ),
        Example(
            "A label",
            """\
FROM alpine:3.20
ARG COMMIT=unknown
LABEL revision=$COMMIT
RUN apk add --no-cache curl
COPY run.sh /
CMD ["/run.sh"]
""",
            {**_WORKFLOW, "run.sh": ""},
            fixed="""\
FROM alpine:3.20
RUN apk add --no-cache curl
COPY run.sh /
ARG COMMIT=unknown
LABEL revision=$COMMIT
CMD ["/run.sh"]
""",
        ),
        Example(
            "A Makefile passes the date",
            """\
FROM node:20
WORKDIR /app
ARG BUILT
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
ENV BUILT=$BUILT
""",
            {
                "Makefile": "BUILT := $(shell date -u +%s)\n\nimage:\n\tdocker build --build-arg BUILT=$(BUILT) .\n",
                "package.json": '{"name": "a", "dependencies": {"b": "1"}}',
                "package-lock.json": '{"name": "a", "lockfileVersion": 3, "packages": {"": {"name": "a"}}}',
            },
            fixed="""\
FROM node:20
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
ARG BUILT
ENV BUILT=$BUILT
""",
        ),
        Example(
            "Packages that are compiled on the way",
            """\
FROM rust:1
ARG COMMIT
RUN cargo install sqlx-cli
ENV COMMIT=$COMMIT
""",
            _WORKFLOW,
            fixed="""\
FROM rust:1
RUN cargo install sqlx-cli
ARG COMMIT
ENV COMMIT=$COMMIT
""",
            unsafe=True,
        ),
        Example(
            "Several arguments in one instruction",
            """\
FROM alpine:3.20
ARG COMMIT DIRECTORY=/srv
RUN apk add --no-cache --root $DIRECTORY curl
ENV COMMIT=$COMMIT
""",
            _WORKFLOW,
            withheld="sets DIRECTORY too, which line 3 may read",
        ),
        Example(
            "Nobody passes it",
            """\
FROM alpine:3.20
ARG COMMIT
RUN apk add --no-cache curl
ENV COMMIT=$COMMIT
""",
            silent="the name alone is no evidence",
        ),
        Example(
            "A constant",
            """\
FROM alpine:3.20
ARG COMMIT
RUN apk add --no-cache curl
ENV COMMIT=$COMMIT
""",
            {"build.sh": "docker build --build-arg COMMIT=none .\n"},
            silent="what is passed is the same each time",
        ),
        Example(
            "A later command of the same step uses it",
            """\
FROM debian:12
ARG COMMIT
RUN apt-get update && apt-get install -y curl && curl -fsSL https://example.org/$COMMIT.tar.gz | tar xz
""",
            _WORKFLOW,
            withheld="line 3 uses COMMIT too: `apt-get install` has to be a step of its own first",
        ),
        Example(
            "A build that downloads on its way uses it",
            """\
FROM golang:1.22
WORKDIR /src
ARG COMMIT
COPY . .
RUN go build -ldflags "-X main.commit=$COMMIT" ./...
""",
            {
                **_WORKFLOW,
                "go.mod": "module example.org/a\ngo 1.22\nrequire example.org/b v1.0.0\n",
                "go.sum": "example.org/b v1.0.0 h1:x\nexample.org/b v1.0.0/go.mod h1:x\n",
                "main.go": "package main\n",
            },
            withheld="line 5 uses COMMIT: the downloads have to be a step of their own first",
        ),
        Example(
            "A stage inherits it",
            """\
FROM python:3.12 AS base
WORKDIR /app
ARG COMMIT

FROM base
COPY requirements.txt ./
RUN pip install -r requirements.txt
ENV COMMIT=$COMMIT
""",
            {**_WORKFLOW, **_PYTHON},
            withheld="the stage of line 5 inherits it: declare it there, below it",
        ),
        Example(
            "The step uses it",
            """\
FROM debian:12
ARG COMMIT
RUN echo "commit $COMMIT" > /etc/motd && apt-get update && apt-get install -y curl
""",
            _WORKFLOW,
            silent="the step needs the argument from its first command on",
        ),
        Example(
            "A build that may read it",
            """\
FROM node:20
WORKDIR /app
COPY . .
ARG COMMIT
RUN make
RUN apt-get update && apt-get install -y curl
""",
            {**_WORKFLOW, "Makefile": "all:\n\techo $$COMMIT\n"},
            silent="a program of the project may read any variable, and stands above the packages",
        ),
        Example(
            "A global argument",
            """\
ARG COMMIT
FROM registry.example.org/base:$COMMIT
RUN apt-get update && apt-get install -y curl
""",
            _WORKFLOW,
            silent="above FROM it is no part of a step's environment",
        ),
    )

    def check(self, view: View) -> Iterable[Diagnostic]:
        """One finding for each costly step below arguments that change."""
        if not any(step.keyword == "ARG" for stage in view.layers.stages for step in stage.steps):
            return ()
        from copylast_rules.arguments.early import findings

        return findings(view, self, "ARG")
