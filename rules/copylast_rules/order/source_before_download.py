"""Files of the project enter before a costly step that reads none of them.

What it finds
=============

A step that downloads or installs tools named on its own command line (a package manager's global
install, a browser, a model, an archive) below a `COPY` or `ADD` of files that it does not read, from the
build context or from a stage that was made from them.

Why it matters
==============

The step runs again, and downloads again, after every change of a copied file.

What the fix does
=================

It puts the `COPY`s below the step, and below the steps that follow it directly and read nothing of the
project either. The fix is withheld where a file comes with them that the tool looks for (`global.json`,
`rust-toolchain.toml`, `packageManager` in `package.json`), and where what is copied from another stage may
hold the tool itself. It is unsafe for a `git clone` that names no version.

When it stays silent
====================

When the same steps install system packages (CPL102), when the step installs what manifests name (CPL101),
when a file that was copied is named by the step, when all that it leaves is an index or a setting in a cache mount
(`cabal update`, `conan profile`: the mount may be empty when the step itself is cached), and in stages that the
build does not need. Manifests alone (`package.json` above `npm install -g`) are reported as information only, and
only directly above the step.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from copylast import Diagnostic, Example, Facts, Rule, Severity, View, command_name
from copylast_rules.order.free_steps import findings, is_system


class SourceBeforeDownload(Rule):
    """Files of the project enter before a costly step that reads none of them."""

    code = "CPL107"
    name = "source-before-download"
    severity = Severity.WARNING
    examples = (
        Example(
            "A global tool",
            """\
FROM node:20
WORKDIR /app
COPY . .
RUN npm install -g serve
CMD ["serve", "public"]
""",
            {"public/index.html": ""},
            fixed="""\
FROM node:20
WORKDIR /app
RUN npm install -g serve
COPY . .
CMD ["serve", "public"]
""",
        ),
        Example(
            "The tool and a step of the project in one RUN",
            """\
FROM php:8.3-apache
COPY . .
RUN docker-php-ext-install pdo_mysql && chown -R www-data: storage
""",
            {"index.php": "", "storage/.keep": ""},
            fixed="""\
FROM php:8.3-apache
RUN docker-php-ext-install pdo_mysql
COPY . .
RUN chown -R www-data: storage
""",
        ),
        Example(
            "Manifests above a tool",
            """\
FROM node:20
WORKDIR /app
COPY package.json pnpm-lock.yaml ./
RUN npm install -g pnpm@9
RUN pnpm install --frozen-lockfile
COPY . .
""",
            {"package.json": '{"name": "a"}', "pnpm-lock.yaml": "lockfileVersion: '9.0'\n", "index.js": ""},
            fixed="""\
FROM node:20
WORKDIR /app
RUN npm install -g pnpm@9
COPY package.json pnpm-lock.yaml ./
RUN pnpm install --frozen-lockfile
COPY . .
""",
        ),
        Example(
            "A repository that may change",
            """\
FROM debian:12
WORKDIR /app
COPY . .
RUN git clone https://example.org/tool.git /opt/tool
""",
            {"run.sh": ""},
            fixed="""\
FROM debian:12
WORKDIR /app
RUN git clone https://example.org/tool.git /opt/tool
COPY . .
""",
            unsafe=True,
        ),
        Example(
            "A version file comes with the source",
            """\
FROM rust:1
WORKDIR /app
COPY . .
RUN cargo install sqlx-cli
""",
            {"rust-toolchain.toml": "", "readme.txt": ""},
            withheld="`cargo install` may read rust-toolchain.toml",
        ),
        Example(
            "The program comes from another stage",
            """\
FROM python:3.12 AS build
WORKDIR /app
COPY . .
RUN python -m venv /opt/venv && /opt/venv/bin/pip install .

FROM python:3.12
COPY --from=build /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
RUN pip install gunicorn
""",
            {"setup.py": "from setuptools import setup\nsetup()\n", "app.py": ""},
            withheld="may use what line 7 brings from another stage",
        ),
        Example(
            "A directory that the source has made for another user",
            """\
FROM python:3.12-slim
COPY --chown=1000 . /site/web
RUN mkdir -p /site/tools && curl -fsSL https://example.org/tool -o /site/tools/tool
""",
            {"app.py": ""},
            withheld="/site is made by the COPY today, and would be made for another user",
        ),
        Example(
            "A file that is copied and downloaded",
            """\
FROM debian:12
WORKDIR /app
COPY . .
RUN curl -o data/model.bin https://example.org/model.bin
""",
            {"data/labels.txt": "", "app.py": ""},
            withheld="`curl` writes into the directory",
        ),
        Example(
            "Tools first",
            """\
FROM node:20
WORKDIR /app
RUN npm install -g serve
COPY . .
""",
            {"public/index.html": ""},
            silent="nothing of the project stands above the tool",
        ),
        Example(
            "A tool beside the dependencies",
            """\
FROM python:3.12
WORKDIR /app
COPY requirements.txt ./
RUN pip install -r requirements.txt
RUN pip install gunicorn
COPY . .
""",
            {"requirements.txt": "flask\n", "app.py": ""},
            silent="the manifest has to stand above the install between the two",
        ),
        Example(
            "A program that another stage downloaded",
            """\
FROM debian:12 AS tools
RUN curl -fsSL https://example.org/tool -o /usr/local/bin/tool
COPY . /src
RUN make -C /src

FROM debian:12
COPY --from=tools /usr/local/bin/tool /opt/tool
RUN curl -fsSL https://example.org/data -o /opt/data
""",
            {"main.c": ""},
            silent="an edit of the source leaves the program as it is, and what is the same is taken from the cache",
        ),
        Example(
            "An index in a cache mount",
            """\
FROM haskell:9.6
WORKDIR /app
COPY . .
RUN --mount=type=cache,target=/root/.cabal/packages cabal update && make
""",
            {"Makefile": "", "Main.hs": ""},
            silent="a build with an empty mount would take the update from the cache and have no index",
        ),
        Example(
            "An index in a cache mount, and a tool",
            """\
FROM haskell:9.6
WORKDIR /app
COPY . .
RUN --mount=type=cache,target=/root/.cabal/packages cabal update && npm install -g serve && make
""",
            {"Makefile": "", "Main.hs": ""},
            withheld="what `cabal update` leaves is in a cache mount",
        ),
    )

    def check(self, view: View) -> Iterable[Diagnostic]:
        """One finding for each COPY below which tools are installed that do not need it."""
        return findings(view, self, _first)


def _first(tools: Sequence[Facts]) -> Facts | None:
    if any(is_system(fact) for fact in tools):
        return None
    return next((fact for fact in tools if command_name(fact) not in _CHEAP), None)


_CHEAP = frozenset({"venv", "virtualenv", "corepack enable", "corepack disable"})
"""Commands that make or switch on something and download nothing for it."""
