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
broad `COPY`, unchanged, below the install. A `RUN` that installs and then builds is cut in two at
`&&`. If the directory that the install makes is not ignored, its pattern is added to the ignore file,
so that files of the host are not laid over it. The first build after the fix runs everything once.

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
fetched (vendored modules), and in stages that the build does not need.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from copylast import (
    Diagnostic,
    Example,
    Facts,
    Guilt,
    Label,
    LayerModel,
    Need,
    Plan,
    Refused,
    Rule,
    Severity,
    Step,
    View,
    command_name,
    guilty_steps,
    keeps_downloads,
    lower_source,
    offer,
    run_head,
    split_parent,
)
from copylast_rules.order.early_fetch import plan_fetch
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
        model = view.layers
        for stage in model.stages:
            if stage.index not in model.reachable():
                continue
            for step in stage.steps:
                if step.keyword == "RUN":
                    yield from self._step(view, model, step)

    def _step(self, view: View, model: LayerModel, step: Step) -> Iterator[Diagnostic]:
        installs = [f for f in model.facts(step) if _installs(f)]
        if not installs:
            return
        first = installs[0]
        needs = tuple(n for f in installs if f.closure is not None for n in f.closure.needs)
        ecosystems = {f.match.ecosystem.id: f.match.ecosystem for f in installs if f.match is not None}
        guilty = guilty_steps(model, step, (*needs, *_made(installs)), first.cwd or step.cwd, ecosystems.values())
        if not guilty or _done_before(model, step, first):
            return
        command = command_name(first)
        guilt = guilty[0]
        fix, withheld = offer(lambda: _plan(view, step, guilty, needs, first))
        yield Diagnostic(
            self.code,
            self.name,
            f"`{command}` runs again after every source edit",
            guilt.step.instruction.span,
            self.severity,
            label=brings(model, guilt),
            labels=(Label(first.command.span, reads(model, step, needs)),),
            help="copy what the install reads and install before copying the rest",
            fix=fix,
            withheld=withheld,
        )


def _installs(fact: Facts) -> bool:
    if fact.match is None or fact.match.kind not in ("deps", "fetch"):
        return False
    return fact.closure is None or fact.closure.idle is None


def _last_of_its_kind(model: LayerModel, step: Step, install: Facts) -> Step:
    """The last of the steps directly below in which the same manager goes on with what it fetched."""
    last = step
    for below in model.stages[step.stage].steps:
        if below.index <= step.index:
            continue
        if below.keyword != "RUN":
            break
        facts = model.facts(below)
        goes_on = any(f.match is not None and _goes_on(f, install) for f in facts)
        if not goes_on or any(f.role not in ("install", "free", "carry") for f in facts):
            break
        last = below
    return last


def _goes_on(fact: Facts, install: Facts) -> bool:
    if fact.match is None or install.match is None or fact.cwd != install.cwd or not _installs(fact):
        return False
    return fact.match.ecosystem.id == install.match.ecosystem.id


def _made(installs: Iterable[Facts]) -> Iterator[Need]:
    """Files that an install cannot do without and that the context does not bring: another stage makes them."""
    for fact in installs:
        for refusal in fact.closure.refusals if fact.closure is not None else ():
            if refusal.gate == 4 and refusal.path is not None:
                yield Need(refusal.path, "file", refusal.reason)


def _done_before(model: LayerModel, step: Step, install: Facts) -> bool:
    """True if the same manager already installed for this directory.

    Above the source that is what should be; below it the first of the two is the one to move.
    """
    assert install.match is not None
    for above in model.before(step):
        if above.keyword != "RUN":
            continue
        for fact in model.facts(above):
            if _installs(fact) and fact.match is not None:
                if fact.match.ecosystem.id == install.match.ecosystem.id and fact.cwd == install.cwd:
                    return True
    return False


def _plan(view: View, step: Step, guilty: tuple[Guilt, ...], needs: tuple[Need, ...], install: Facts) -> Plan:
    """The install above the source; where that cannot be, a step before it that spares it the downloads."""
    try:
        return _whole(view, _last_of_its_kind(view.layers, step, install), guilty, needs)
    except Refused as refused:
        fetch = view.layers.prefetch(step, install) if view.context is not None else None
        if fetch is None or fetch.prefetch.safety == "shown":
            raise
        if install.match is not None and keeps_downloads(view.layers, step, install.match.ecosystem):
            raise
        try:
            return plan_fetch(view, step, guilty, install, fetch)
        except Refused:
            raise refused from None


def _whole(view: View, step: Step, guilty: tuple[Guilt, ...], needs: tuple[Need, ...]) -> Plan:
    model = view.layers
    if view.context is None:
        raise Refused(4, "there is no build context to read the manifests from")
    if any(g.mounted for g in guilty):
        raise Refused(7, "the step mounts the source itself")
    head = run_head(model, step)
    title = "Copy the manifests and install before copying the rest"
    if any(g.step.stage != step.stage for g in guilty):
        return split_parent(
            model,
            step,
            [g.step for g in guilty],
            head.reads.needs,
            head,
            title,
            certain=view.context_certain,
        )
    return lower_source(
        model,
        step,
        [g.step for g in guilty],
        head.reads.needs,
        head,
        None,
        title,
        certain=view.context_certain,
    )
