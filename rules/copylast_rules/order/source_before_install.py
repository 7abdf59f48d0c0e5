"""Source that a dependency install does not read enters before it.

What it finds
=============

An install that reads only manifests (`requirements.txt`, `package.json`, `go.mod` and what they refer
to) in a step below a `COPY`, `ADD` or bind mount that brings the project's source. The source may also
enter in a parent stage (`FROM base`) or come from another stage (`COPY --from`).

Why it matters
==============

A step is taken from the cache only if every step above it was. After any edit of the source the
`COPY` is new, so the install runs again, downloads everything again, and makes a new layer that is
pushed and pulled again. With the manifests copied first, only a change of a manifest does that.

What the fix does
=================

It puts a `COPY` of exactly the files that the install reads where the broad `COPY` stood, and the
broad `COPY`, unchanged, below the install; with it go the `COPY`s beside it of which the install reads
nothing. A `RUN` that installs and then builds is cut in two at `&&`. If the directory that the install
makes is not ignored, its pattern is added to the ignore file, so that files of the host are not laid over
it. The first build after the fix runs everything once.

Where a lifecycle script may read the source, the install stays where it is and a step before the source
gets what can be got without it (`pnpm fetch`, `yarn install --mode=skip-build`): this only with `--unsafe-fixes`.

The fix is withheld where it is not sure that the build stays the same: lifecycle scripts that read
files which cannot be followed, a lockfile that the install may rewrite, steps in between that may
read the source, links, variables that are not known.

When it stays silent
====================

When the install builds or installs the project itself, when only manifests and settings come before
it, when the same manager installed before for the same directory (the second time it removes what only the
build needs), when another stage made the manifests out of the source (`turbo prune`), when nothing is
fetched (vendored modules) and no program of another module is compiled, in stages that no build needs, and
where the manifests have a `COPY` of their own and only the build in the same step needs the source (CPL108).
"""

from __future__ import annotations

from collections.abc import Iterable

from copylast import Diagnostic, Example, Label, Rule, Severity, View, command_name, offer
from copylast_rules.order.installs import Below, builds_too, install_above, installs_below_source
from copylast_rules.order.wording import brings, reads

_PACKAGE = '{"name": "a", "version": "1.0.0", "scripts": {"build": "tsc"}}'
_LOCK = (
    '{"name": "a", "version": "1.0.0", "lockfileVersion": 3, "packages": {"": {"name": "a", "version": "1.0.0"}}}'
)


class SourceBeforeInstall(Rule):
    """Source that a dependency install does not read enters before it."""

    code = "CPL101"
    name = "source-before-install"
    severity = Severity.WARNING
    examples = (
        Example(
            "Everything is copied, then installed",
            """\
FROM python:3.12-slim
WORKDIR /app
COPY . .
RUN pip install -r requirements.txt
CMD ["python", "app.py"]
""",
            {"requirements.txt": "flask\n", "app.py": ""},
            fixed="""\
FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt ./
RUN pip install -r requirements.txt
COPY . .
CMD ["python", "app.py"]
""",
        ),
        Example(
            "What a list includes comes along",
            """\
FROM python:3.12-slim
WORKDIR /app
COPY . .
RUN pip install -r requirements/prod.txt
""",
            {"requirements/prod.txt": "-r base.txt\n", "requirements/base.txt": "flask\n", "app.py": ""},
            fixed="""\
FROM python:3.12-slim
WORKDIR /app
COPY requirements/base.txt requirements/prod.txt requirements/
RUN pip install -r requirements/prod.txt
COPY . .
""",
        ),
        Example(
            "Install and build in one step",
            """\
FROM node:20
WORKDIR /app
COPY . .
RUN npm ci && npm run build
""",
            {"package.json": _PACKAGE, "package-lock.json": _LOCK, "index.js": "", ".dockerignore": "node_modules\n"},
            fixed="""\
FROM node:20
WORKDIR /app
COPY package-lock.json package.json ./
RUN npm ci
COPY . .
RUN npm run build
""",
        ),
        Example(
            "Files of the host must not cover what was installed",
            """\
FROM node:20
WORKDIR /app
COPY . .
RUN npm ci
""",
            {"package.json": _PACKAGE, "package-lock.json": _LOCK, "index.js": "", ".dockerignore": "dist\n"},
            fixed="""\
FROM node:20
WORKDIR /app
COPY package-lock.json package.json ./
RUN npm ci
COPY . .
""",
            ignore="dist\n**/node_modules\n",
        ),
        Example(
            "The source enters in a parent stage",
            """\
FROM python:3.12-slim AS base
WORKDIR /app
COPY . .

FROM base
RUN pip install -r requirements.txt
""",
            {"requirements.txt": "flask\n", "app.py": ""},
            fixed="""\
FROM python:3.12-slim AS base-setup
WORKDIR /app

FROM base-setup AS base
COPY . .

FROM base-setup
COPY requirements.txt ./
RUN pip install -r requirements.txt
COPY . .
""",
        ),
        Example(
            "The lockfile may be written again",
            """\
FROM node:20
WORKDIR /app
COPY . .
RUN npm install
""",
            {"package.json": _PACKAGE, "package-lock.json": "{}", "index.js": "", ".dockerignore": "node_modules\n"},
            fixed="""\
FROM node:20
WORKDIR /app
COPY package-lock.json package.json ./
RUN npm install
COPY . .
""",
            unsafe=True,
        ),
        Example(
            "A lifecycle script that may read any file",
            """\
FROM node:20
WORKDIR /app
COPY . .
RUN npm ci
""",
            {
                "package.json": '{"name": "a", "scripts": {"postinstall": "tsc --build"}}',
                "package-lock.json": _LOCK,
                "index.ts": "",
            },
            withheld="the postinstall script of package.json may read any file",
        ),
        Example(
            "What can be fetched without the script is fetched first",
            """\
FROM node:20
WORKDIR /app
COPY . .
RUN corepack enable && pnpm install --frozen-lockfile
""",
            {
                "package.json": '{"name": "a", "scripts": {"postinstall": "tsc --build"}}',
                "pnpm-lock.yaml": "lockfileVersion: '9.0'\n",
                "index.ts": "",
                ".dockerignore": "node_modules\n",
            },
            fixed="""\
FROM node:20
WORKDIR /app
RUN corepack enable
COPY pnpm-lock.yaml ./
RUN pnpm fetch
COPY . .
RUN pnpm install --frozen-lockfile
""",
            unsafe=True,
        ),
        Example(
            "The lockfile decides who installs",
            """\
FROM node:20
WORKDIR /app
COPY . .
RUN if [ -f yarn.lock ]; then yarn --frozen-lockfile; elif [ -f package-lock.json ]; then npm ci; else exit 1; fi
""",
            {
                "package.json": _PACKAGE,
                "yarn.lock": "# yarn lockfile v1\n",
                "index.js": "",
                ".dockerignore": "node_modules\n",
            },
            fixed="""\
FROM node:20
WORKDIR /app
COPY package.json yarn.lock ./
RUN if [ -f yarn.lock ]; then yarn --frozen-lockfile; elif [ -f package-lock.json ]; then npm ci; else exit 1; fi
COPY . .
""",
        ),
        Example(
            "A step in between that may read the source",
            """\
FROM python:3.12-slim
WORKDIR /app
COPY . .
RUN ./configure
RUN pip install -r requirements.txt
""",
            {"requirements.txt": "flask\n", "app.py": ""},
            withheld="line 4 stands between",
        ),
        Example(
            "The source is removed in the same step",
            """\
FROM python:3.12-slim
COPY . /tmp/build/
RUN pip install -r /tmp/build/requirements.txt && rm -rf /tmp/build
""",
            {"requirements.txt": "flask\n", "app.py": ""},
            withheld="`rm` writes into the directory",
        ),
        Example(
            "Manifests first",
            """\
FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt ./
RUN pip install -r requirements.txt
COPY . .
""",
            {"requirements.txt": "flask\n", "app.py": ""},
            silent="only the list stands above the install",
        ),
        Example(
            "The project itself is installed",
            """\
FROM python:3.12-slim
WORKDIR /app
COPY . .
RUN pip install .
""",
            {"setup.py": "from setuptools import setup\nsetup()\n", "app.py": ""},
            silent="the install reads the source",
        ),
        Example(
            "A stage that nobody needs",
            """\
FROM python:3.12-slim AS check
WORKDIR /app
COPY . .
RUN pip install -r requirements.txt

FROM python:3.12-slim
COPY app.py ./
""",
            {"requirements.txt": "flask\n", "app.py": ""},
            silent="the build never comes to the stage",
        ),
        Example(
            "Nothing is copied but manifests",
            """\
FROM node:20
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
""",
            {"package.json": _PACKAGE, "package-lock.json": _LOCK, ".npmrc": "", "index.js": ""},
            silent="the source comes from somewhere else, a volume say",
        ),
    )

    def check(self, view: View) -> Iterable[Diagnostic]:
        """One finding for each RUN that installs dependencies below source."""
        for below in installs_below_source(view):
            if not builds_too(view.layers, below):
                yield self._found(view, below)

    def _found(self, view: View, below: Below) -> Diagnostic:
        model, guilt, first = view.layers, below.guilty[0], below.install
        title = "Copy the manifests and install before copying the rest"
        fix, withheld = offer(lambda: install_above(view, below, title))
        return Diagnostic(
            self.code,
            self.name,
            f"`{command_name(first)}` runs again after every source edit",
            guilt.step.instruction.span,
            self.severity,
            label=brings(model, guilt),
            labels=(Label(first.command.span, reads(model, below.step, below.needs)),),
            help="copy what the install reads and install before copying the rest",
            fix=fix,
            withheld=withheld,
        )
