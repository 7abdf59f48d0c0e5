"""A manifest that the install looks for is copied only after it.

What it finds
=============

A block that copies manifests first and misses one: a workspace member, a list that another includes
(`-r base.txt`), a path dependency, a project that another refers to, patches. The file does come into the
image, with the source, but the install above does not see it.

Why it matters
==============

Many managers install less in that case, and say nothing: members without their dependencies, packages without
their patches. What is missing is then downloaded by the build, again after every source edit, or it is missing
in the image.

What the fix does
=================

It adds a `COPY` of the files that are missing, one a directory, behind the `COPY` of the manifests and with its
flags. It is safe for files without which the install does less than it should, and unsafe for settings that the
build works without today (`.npmrc`): they change what is resolved.

When it stays silent
====================

When the file comes into no stage that goes on with what was installed, when the source stands above the install
(CPL101), when only a lockfile is missing, and when nobody can say what the install reads. Where only settings are
missing, it is reported as information, and only if they can be added.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from copylast import Diagnostic, Example, Label, Need, Rule, Severity, View, command_name, offer
from copylast_rules.order.unseen import Unseen, unseen_manifests

_ROOT = '{"name": "a", "version": "1.0.0", "workspaces": ["packages/*"]}'
_LOCK = (
    '{"name": "a", "version": "1.0.0", "lockfileVersion": 3, "packages": {'
    '"": {"name": "a", "version": "1.0.0", "workspaces": ["packages/*"]},'
    ' "node_modules/b": {"resolved": "packages/b", "link": true}, "packages/b": {"version": "1.0.0"}}}'
)


class ManifestNotCopied(Rule):
    """A manifest that the install looks for is copied only after it."""

    code = "CPL104"
    name = "manifest-not-copied"
    severity = Severity.WARNING
    examples = (
        Example(
            "A list that another includes",
            """\
FROM python:3.12-slim
WORKDIR /app
COPY requirements/prod.txt requirements/
RUN pip install -r requirements/prod.txt
COPY . .
""",
            {"requirements/prod.txt": "-r base.txt\n", "requirements/base.txt": "flask\n", "app.py": ""},
            fixed="""\
FROM python:3.12-slim
WORKDIR /app
COPY requirements/prod.txt requirements/
COPY requirements/base.txt requirements/
RUN pip install -r requirements/prod.txt
COPY . .
""",
        ),
        Example(
            "A member of a workspace",
            """\
FROM node:20
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
""",
            {
                "package.json": _ROOT,
                "package-lock.json": _LOCK,
                "packages/b/package.json": '{"name": "b", "version": "1.0.0"}',
                "packages/b/index.js": "",
                ".dockerignore": "**/node_modules\n",
            },
            fixed="""\
FROM node:20
WORKDIR /app
COPY package.json package-lock.json ./
COPY packages/b/package.json packages/b/
RUN npm ci
COPY . .
""",
        ),
        Example(
            "Settings that come later",
            """\
FROM node:20
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
""",
            {
                "package.json": '{"name": "a", "version": "1.0.0"}',
                "package-lock.json": (
                    '{"name": "a", "version": "1.0.0", "lockfileVersion": 3,'
                    ' "packages": {"": {"name": "a", "version": "1.0.0"}}}'
                ),
                ".npmrc": "legacy-peer-deps=true\n",
                "index.js": "",
                ".dockerignore": "node_modules\n",
            },
            fixed="""\
FROM node:20
WORKDIR /app
COPY package.json package-lock.json ./
COPY .npmrc ./
RUN npm ci
COPY . .
""",
            unsafe=True,
        ),
        Example(
            "A step in between that may read what is added",
            """\
FROM python:3.12-slim
WORKDIR /app
COPY requirements/prod.txt requirements/
RUN pip install -r requirements/prod.txt
RUN find . -name "*.txt" > /lists
COPY . .
""",
            {"requirements/prod.txt": "-r base.txt\n", "requirements/base.txt": "flask\n", "app.py": ""},
            withheld="line 5 would see the added files, too",
        ),
        Example(
            "The script of a member that is seen now needs its source",
            """\
FROM node:20
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
""",
            {
                "package.json": _ROOT,
                "package-lock.json": _LOCK,
                "packages/b/package.json": '{"name": "b", "version": "1.0.0", "scripts": {"prepare": "tsc --build"}}',
                "packages/b/index.ts": "",
                ".dockerignore": "**/node_modules\n",
            },
            withheld="the prepare script of packages/b/package.json may read any file",
        ),
        Example(
            "All manifests come first",
            """\
FROM python:3.12-slim
WORKDIR /app
COPY requirements/ requirements/
RUN pip install -r requirements/prod.txt
COPY . .
""",
            {"requirements/prod.txt": "-r base.txt\n", "requirements/base.txt": "flask\n", "app.py": ""},
            silent="the install sees what it looks for",
        ),
        Example(
            "A member that the image has no use for",
            """\
FROM node:20
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY index.js ./
""",
            {
                "package.json": _ROOT,
                "package-lock.json": _LOCK,
                "packages/b/package.json": '{"name": "b", "version": "1.0.0"}',
                "index.js": "",
                ".dockerignore": "**/node_modules\n",
            },
            silent="the member never comes into the image",
        ),
        Example(
            "The source stands above",
            """\
FROM python:3.12-slim
WORKDIR /app
COPY . .
RUN pip install -r requirements/prod.txt
""",
            {"requirements/prod.txt": "-r base.txt\n", "requirements/base.txt": "flask\n", "app.py": ""},
            silent="CPL101 speaks of it",
        ),
    )

    def check(self, view: View) -> Iterable[Diagnostic]:
        """One finding for each install that misses manifests, or settings that can be given to it."""
        for unseen in unseen_manifests(view):
            missing = unseen.manifests
            if missing:
                yield self._found(view, unseen, missing, self.severity)
            elif unseen.settings and len(unseen.settings) == len(unseen.missing):
                found = self._found(view, unseen, unseen.settings, Severity.INFO)
                if found.fix is not None:
                    yield found

    def _found(self, view: View, unseen: Unseen, missing: Sequence[Need], severity: Severity) -> Diagnostic:
        from copylast import complete_manifests

        model, first = view.layers, unseen.install
        names = [unseen.tree.shown(need.path) for need in missing]
        more = f" and {len(names) - 1} more" if len(names) > 1 else ""
        settings = severity is Severity.INFO
        fix, withheld = offer(
            lambda: complete_manifests(
                model,
                unseen.step,
                first,
                missing,
                unseen.full,
                unseen.tree,
                "Copy what the install misses before it",
                doubt="settings that the build works without today may change what is resolved" if settings else None,
                certain=view.context_certain,
            )
        )
        origin = unseen.tree.origin(missing[0].path)
        return Diagnostic(
            self.code,
            self.name,
            f"`{command_name(first)}` does not see {names[0]}{more}",
            first.command.span,
            severity,
            label=missing[0].why,
            labels=(Label(origin.step.instruction.span, "brings it, too late"),) if origin is not None else (),
            notes=tuple(f"it misses {name}" for name in names[1:10]),
            help="copy the missing files before the install",
            fix=fix,
            withheld=withheld,
        )
