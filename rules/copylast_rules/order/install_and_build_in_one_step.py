"""One step installs the dependencies and builds the project.

What it finds
=============

A `RUN` that installs what manifests name and then does something that needs the source (`npm ci && npm run
build`), where the manifests have a `COPY` of their own and only the build needs the other `COPY`s above it.

Why it matters
==============

The manifests come first so that the install can stay in the cache, but a `RUN` is cached as a whole: every
source edit installs again.

What the fix does
=================

It cuts the `RUN` in two behind the install and puts the `COPY` of the source between the halves. Both get all
flags of the step, and what `cd`, `export` and `set` say in front of the cut is said again behind it. It cuts at
`&&`, and at `;` and line ends where `set -e` makes them the same.

The fix is withheld where the halves would not do what the whole does: a pipe or a group in front of the cut,
`trap` or `umask`, a rest that removes what the install made (a layer would keep it), a mount that is written
to and that only this step can see.

When it stays silent
====================

When the install stands in a step of its own, when the source brings the manifests too (CPL101), when the build
installs on its way (CPL103), and in stages that the build does not need.
"""

from __future__ import annotations

from collections.abc import Iterable

from copylast import Diagnostic, Example, Facts, Label, LayerModel, Rule, Severity, View, command_name, offer
from copylast_rules.order.installs import (
    Below,
    builds_too,
    install_above,
    installs_below_source,
    installs_dependencies,
)

_NODE = {
    "package.json": '{"name": "a", "version": "1.0.0", "scripts": {"build": "tsc"}}',
    "package-lock.json": (
        '{"name": "a", "version": "1.0.0", "lockfileVersion": 3, "packages": {"": {"name": "a", "version": "1.0.0"}}}'
    ),
    "src/index.ts": "",
    "tsconfig.json": "{}",
    ".dockerignore": "node_modules\n",
}
_PYTHON = {"requirements.txt": "flask\n", "src/app.py": "", "manage.py": ""}


class InstallAndBuildInOneStep(Rule):
    """One step installs the dependencies and builds the project."""

    code = "CPL108"
    name = "install-and-build-in-one-step"
    severity = Severity.WARNING
    examples = (
        Example(
            "Manifests first, then all in one step",
            """\
FROM node:20
WORKDIR /app
COPY package.json package-lock.json ./
COPY tsconfig.json ./
COPY src ./src
RUN npm ci && npm run build
""",
            _NODE,
            fixed="""\
FROM node:20
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY tsconfig.json ./
COPY src ./src
RUN npm run build
""",
        ),
        Example(
            "Flags and settings hold for both halves",
            """\
FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt ./
COPY src ./src
COPY manage.py ./
RUN --mount=type=cache,target=/root/.cache/pip set -x && pip install -r requirements.txt && python manage.py build
""",
            _PYTHON,
            fixed="""\
FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt ./
RUN --mount=type=cache,target=/root/.cache/pip set -x && pip install -r requirements.txt
COPY src ./src
COPY manage.py ./
RUN --mount=type=cache,target=/root/.cache/pip set -x && python manage.py build
""",
        ),
        Example(
            "Every command ends the step when it fails",
            """\
FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt ./
COPY src ./src
RUN set -e; pip install -r requirements.txt; python -m compileall src
""",
            _PYTHON,
            fixed="""\
FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt ./
RUN set -e; pip install -r requirements.txt
COPY src ./src
RUN set -e; python -m compileall src
""",
        ),
        Example(
            "A heredoc",
            """\
FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt ./
COPY src ./src
RUN <<EOF
set -e
pip install -r requirements.txt
# the program
python -m compileall src
EOF
""",
            _PYTHON,
            fixed="""\
FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt ./
RUN <<EOF
set -e
pip install -r requirements.txt
EOF
COPY src ./src
RUN <<EOF
set -e
# the program
python -m compileall src
EOF
""",
        ),
        Example(
            "A failed install does not end the step",
            """\
FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt ./
COPY src ./src
RUN pip install -r requirements.txt; python -m compileall src
""",
            _PYTHON,
            withheld="the step may go on when one of its commands fails",
        ),
        Example(
            "The rest removes what the install made",
            """\
FROM node:20
WORKDIR /app
COPY package.json package-lock.json ./
COPY src ./src
RUN npm ci && npm run build && rm -rf node_modules
""",
            _NODE,
            withheld="`rm node_modules` in the same step may remove what the install made",
        ),
        Example(
            "A pipe in front of the cut",
            """\
FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt ./
COPY src ./src
RUN pip install -r requirements.txt | true && python -m compileall src
""",
            _PYTHON,
            withheld="the step groups its commands",
        ),
        Example(
            "Two steps",
            """\
FROM node:20
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY src ./src
RUN npm run build
""",
            _NODE,
            silent="the install stays in the cache",
        ),
        Example(
            "The install reads all that the step needs",
            """\
FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt ./
RUN pip install -r requirements.txt && python -m compileall /usr/local/lib
COPY src ./src
""",
            _PYTHON,
            silent="no source stands above the step",
        ),
        Example(
            "The source brings the manifests",
            """\
FROM node:20
WORKDIR /app
COPY . .
RUN npm ci && npm run build
""",
            _NODE,
            silent="CPL101 speaks of it",
        ),
    )

    def check(self, view: View) -> Iterable[Diagnostic]:
        """One finding for each RUN that installs, above which only its other commands need the source."""
        for below in installs_below_source(view):
            if builds_too(view.layers, below):
                yield self._found(view, below)

    def _found(self, view: View, below: Below) -> Diagnostic:
        guilt, first = below.guilty[0], below.install
        title = "Install in a step of its own, before the source"
        fix, withheld = offer(lambda: install_above(view, below, title))
        build = _build(view.layers, below)
        return Diagnostic(
            self.code,
            self.name,
            f"`{command_name(first)}` runs again after every source edit, because the same step builds",
            first.command.span,
            self.severity,
            label="could stay in the cache",
            labels=(
                Label(guilt.step.instruction.span, "every edit of the source makes the step run"),
                Label(build.command.span, "needs the source"),
            ),
            help="install in a step of its own, before the source",
            fix=fix,
            withheld=withheld,
        )


def _build(model: LayerModel, below: Below) -> Facts:
    facts = model.facts(below.step)
    last = max(number for number, fact in enumerate(facts) if installs_dependencies(fact))
    return next(fact for fact in facts[last + 1 :] if fact.role in ("open", "build"))
