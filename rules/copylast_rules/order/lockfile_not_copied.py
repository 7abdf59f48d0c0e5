"""An install cannot see the lockfile that stands beside its manifest.

What it finds
=============

A `COPY` that brings a manifest (`package.json`, `Cargo.toml`, `Gemfile`) and leaves out the lockfile that the
build context has beside it, so that the install below runs without it.

Why it matters
==============

The install then takes the newest versions that the manifest allows at the time when the step happens to run, and
the cache keeps them until the manifest changes: the image differs from what was tested, and from one builder to
the next. Where the lockfile holds checksums, they are not looked at. An install that insists on its lockfile
(`npm ci`) fails.

What the fix does
=================

It adds a `COPY` of the lockfile behind the one that brings the manifest, with its flags. It is never a safe fix,
since the next build may install other versions than the last one.

When it stays silent
====================

When another rule on order speaks of the same install (CPL101, CPL103, CPL104, CPL108), when the ignore file or git
leaves the lockfile out, when the command does without it (`--no-package-lock`, `dart pub upgrade`), when an earlier
step makes it, and when the lockfile belongs to another package manager than the one that runs.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable

from copylast import Diagnostic, Example, Label, Rule, Severity, View, command_name, offer
from copylast_rules.order.unseen_locks import UnseenLock, unseen_locks

_NPM = {
    "package.json": '{"name": "a", "version": "1.0.0", "dependencies": {"ms": "^2.0.0"}}',
    "package-lock.json": (
        '{"name": "a", "version": "1.0.0", "lockfileVersion": 3, "packages": {'
        '"": {"name": "a", "version": "1.0.0", "dependencies": {"ms": "^2.0.0"}},'
        ' "node_modules/ms": {"version": "2.1.3", "resolved": "https://registry.npmjs.org/ms/-/ms-2.1.3.tgz",'
        ' "integrity": "sha512-x"}}}'
    ),
    "index.js": "",
    ".dockerignore": "node_modules\n",
}
_GEMS = {
    "Gemfile": 'source "https://rubygems.org"\ngem "rack"\n',
    "Gemfile.lock": (
        "GEM\n  remote: https://rubygems.org/\n  specs:\n    rack (3.1.7)\n\n"
        "PLATFORMS\n  ruby\n\nDEPENDENCIES\n  rack\n\nBUNDLED WITH\n   2.5.9\n"
    ),
    "app.rb": "",
}
_CARGO_LOCK = (
    'version = 3\n\n[[package]]\nname = "a"\nversion = "0.1.0"\ndependencies = ["serde"]\n\n'
    '[[package]]\nname = "serde"\nversion = "1.0.203"\n'
    'source = "registry+https://github.com/rust-lang/crates.io-index"\nchecksum = "x"\n'
)


class LockfileNotCopied(Rule):
    """An install cannot see the lockfile that stands beside its manifest."""

    code = "CPL105"
    name = "lockfile-not-copied"
    severity = Severity.WARNING
    examples = (
        Example(
            "npm",
            """\
FROM node:20
WORKDIR /app
COPY package.json ./
RUN npm install
COPY . .
""",
            _NPM,
            fixed="""\
FROM node:20
WORKDIR /app
COPY package.json ./
COPY package-lock.json ./
RUN npm install
COPY . .
""",
            unsafe=True,
        ),
        Example(
            "A lockfile that never comes into the image",
            """\
FROM ruby:3.3
WORKDIR /app
COPY --chown=app:app Gemfile ./
RUN bundle install
COPY --chown=app:app app.rb ./
""",
            _GEMS,
            fixed="""\
FROM ruby:3.3
WORKDIR /app
COPY --chown=app:app Gemfile ./
COPY --chown=app:app Gemfile.lock ./
RUN bundle install
COPY --chown=app:app app.rb ./
""",
            unsafe=True,
        ),
        Example(
            "Sources that stand in, so that the dependencies are built first",
            """\
FROM rust:1.79
WORKDIR /app
COPY Cargo.toml ./
RUN mkdir src && echo "fn main() {}" > src/main.rs && cargo build --release
COPY src src
RUN touch src/main.rs && cargo build --release
""",
            {
                "Cargo.toml": '[package]\nname = "a"\nversion = "0.1.0"\n[dependencies]\nserde = "1"\n',
                "Cargo.lock": _CARGO_LOCK,
                "src/main.rs": "fn main() {}\n",
            },
            fixed="""\
FROM rust:1.79
WORKDIR /app
COPY Cargo.toml ./
COPY Cargo.lock ./
RUN mkdir src && echo "fn main() {}" > src/main.rs && cargo build --release
COPY src src
RUN touch src/main.rs && cargo build --release
""",
            unsafe=True,
        ),
        Example(
            "The manifest comes from another stage",
            """\
FROM node:20 AS build
WORKDIR /app
COPY . .
RUN node build.js

FROM node:20
WORKDIR /app
COPY --from=build /app/package.json ./
RUN npm install --omit=dev
""",
            _NPM,
            withheld="no COPY of the same stage brings the manifest",
        ),
        Example(
            "The lockfile comes along",
            """\
FROM node:20
WORKDIR /app
COPY package*.json ./
RUN npm install
COPY . .
""",
            _NPM,
            silent="the wildcard takes the lockfile too",
        ),
        Example(
            "The ignore file leaves the lockfile out",
            """\
FROM node:20
WORKDIR /app
COPY package.json ./
RUN npm install
COPY . .
""",
            {**_NPM, ".dockerignore": "node_modules\npackage-lock.json\n"},
            silent="what is ignored is not in the build context",
        ),
        Example(
            "An install that does without",
            """\
FROM node:20
WORKDIR /app
COPY package.json ./
RUN npm install --no-package-lock
COPY . .
""",
            _NPM,
            silent="npm is told not to read it",
        ),
        Example(
            "A lockfile that is made anew",
            """\
FROM ruby:3.3
WORKDIR /app
COPY Gemfile ./
RUN bundle lock && bundle install
COPY . .
""",
            _GEMS,
            silent="the step makes a lockfile of its own",
        ),
        Example(
            "The lockfile of another manager",
            """\
FROM node:20
WORKDIR /app
COPY package.json ./
RUN npm install
COPY index.js ./
""",
            {"package.json": _NPM["package.json"], "pnpm-lock.yaml": "lockfileVersion: '9.0'\n", "index.js": ""},
            silent="npm would not read it",
        ),
        Example(
            "The source stands above",
            """\
FROM node:20
WORKDIR /app
COPY package.json index.js ./
RUN npm install
""",
            _NPM,
            silent="CPL101 speaks of the same install",
        ),
    )

    def check(self, view: View) -> Iterable[Diagnostic]:
        """One finding for each install that misses its lockfile."""
        for unseen in unseen_locks(view):
            yield self._found(view, unseen)

    def _found(self, view: View, unseen: UnseenLock) -> Diagnostic:
        from copylast import copy_beside

        model, install = view.layers, unseen.install
        names = sorted(unseen.locks.values())
        more = f" and {len(names) - 1} more" if len(names) > 1 else ""
        manifest = posixpath.basename(unseen.manifest)
        origin = model.tree(unseen.step).origin(unseen.manifest)
        fix, withheld = offer(
            lambda: copy_beside(
                model,
                unseen.step,
                unseen.refusals,
                unseen.locks,
                unseen.manifest,
                "Copy the lockfile beside its manifest",
                doubt=f"the next build follows {names[0]}, which the last one did not",
                certain=view.context_certain,
            )
        )
        return Diagnostic(
            self.code,
            self.name,
            f"`{command_name(install)}` does not see {names[0]}{more}",
            install.command.span,
            self.severity,
            label="runs without the lockfile",
            labels=(Label(origin.step.instruction.span, f"brings {manifest} without it"),) if origin else (),
            notes=tuple(f"it misses {name}" for name in names[1:10]),
            help=f"copy it beside {manifest}",
            fix=fix,
            withheld=withheld,
        )
