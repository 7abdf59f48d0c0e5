"""An environment variable that is another one each time stands above steps that do not use it.

What it finds
=============

An `ENV` that takes the value of a build argument (`ENV COMMIT=$COMMIT`) to which a file of the repository passes a
commit, a date, a branch, a version or the number of a run, above a `RUN` that installs or downloads packages and
uses neither.

Why it matters
==============

An `ENV` is part of the environment of each `RUN` below it, and with that of its cache key, used or not. A new commit
then runs the packages' installation again, and all below it.

What the fix does
=================

It puts the `ENV`, with its `ARG` and whatever else takes the value, directly above the first instruction that uses it
or may read it; at the end of the stage where there is none. What it crosses, and when it is unsafe or withheld, is
the same as for CPL201.

When it stays silent
====================

When no file of the repository passes such a value, when the step names the variable or may read it, when the `ENV`
stands below the step (CPL201 speaks of an `ARG` above it), and in stages that the caller's build does not need.
"""

from __future__ import annotations

from collections.abc import Iterable

from copylast import Diagnostic, Example, Rule, Severity, View

_GITLAB = {".gitlab-ci.yml": "image:\n  script:\n    - docker build --build-arg COMMIT=$CI_COMMIT_SHA .\n"}


class VolatileVariableEarly(Rule):
    """An environment variable that is another one each time stands above steps that do not use it."""

    code = "CPL202"
    name = "volatile-variable-early"
    severity = Severity.WARNING
    examples = (
        Example(
            "The commit above system packages",
            """\
FROM debian:12
ARG COMMIT
ENV APP_COMMIT=$COMMIT
RUN apt-get update && apt-get install -y curl
COPY app /usr/local/bin/
CMD ["app"]
""",
            {**_GITLAB, "app": ""},
            fixed="""\
FROM debian:12
RUN apt-get update && apt-get install -y curl
COPY app /usr/local/bin/
ARG COMMIT
ENV APP_COMMIT=$COMMIT
CMD ["app"]
""",
        ),
        Example(
            "A later step may read it",
            """\
FROM python:3.12
WORKDIR /app

# What the program says of itself.
ARG COMMIT
ENV APP_COMMIT=$COMMIT

COPY requirements.txt ./
RUN pip install -r requirements.txt
COPY . .

# Writes the version.
RUN python setup.py
""",
            {**_GITLAB, "requirements.txt": "flask\n", "setup.py": ""},
            fixed="""\
FROM python:3.12
WORKDIR /app

COPY requirements.txt ./
RUN pip install -r requirements.txt
COPY . .

# What the program says of itself.
ARG COMMIT
ENV APP_COMMIT=$COMMIT

# Writes the version.
RUN python setup.py
""",
        ),
        Example(
            "An ENV that sets more",
            """\
FROM node:20
WORKDIR /app
ARG COMMIT
ENV NODE_ENV=production APP_COMMIT=$COMMIT
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
""",
            {
                **_GITLAB,
                "package.json": '{"name": "a", "dependencies": {"b": "1"}}',
                "package-lock.json": '{"name": "a", "lockfileVersion": 3, "packages": {"": {"name": "a"}}}',
            },
            withheld="sets NODE_ENV too, which line 6 may read: give COMMIT an instruction of its own",
        ),
        Example(
            "The ENV stands below",
            """\
FROM debian:12
RUN apt-get update && apt-get install -y curl
ARG COMMIT
ENV APP_COMMIT=$COMMIT
""",
            _GITLAB,
            silent="it is where it should be",
        ),
        Example(
            "A constant",
            """\
FROM debian:12
ENV APP_COMMIT=none
RUN apt-get update && apt-get install -y curl
""",
            _GITLAB,
            silent="nobody passes another value",
        ),
    )

    def check(self, view: View) -> Iterable[Diagnostic]:
        """One finding for each costly step below variables that change."""
        if not any(step.keyword == "ARG" for stage in view.layers.stages for step in stage.steps):
            return ()
        from copylast_rules.arguments.early import findings

        return findings(view, self, "ENV")
