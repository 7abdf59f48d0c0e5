"""A later step installs the dependencies once more.

What it finds
=============

An install whose work an earlier one has surely done, in the same stage: `npm ci` where packages are installed
already (it removes them first), an install behind an `rm` of what was installed, the same manifests in another
directory, an option that installs everything once more, another lock in the same place. Also `npm ci` over packages
that were copied from another stage, and a dependency step that serves none of the commands below it, because only
one of them has the option that decides (`cargo chef cook` without the `--release` of `cargo build`).

Why it matters
==============

The first install was for nothing: its layer is kept and pushed, and the second one is most of the time below the
source, so that every edit pays for it.

What the fix does
=================

It gives the dependency step the option that the commands below it have. The fix is withheld where something stands
between the two that may prepare what the option needs, and unsafe where what nobody uses would be missing in the image.
For all else there is none: which of the two is meant, only people know. The finding says what would do.

When it stays silent
====================

Where the second pass is cheap, because it finds what is there (uv, Poetry, pnpm, Bundler, Go, `pip install -r`,
`npm install`, a publish that restores only what changed). Where it may not run, or may be the only one that runs
(`if`, `||`). Where what was installed was put aside in between, or a script in between may have done that. Where
the two choose different dependencies for different directories, or stand in different stages. Where a cache mount
keeps what was downloaded or installed. Where CPL101 speaks of the install. Where an option, a variable or a file
may decide what copylast cannot see.
"""

from __future__ import annotations

from collections.abc import Iterable

from copylast import Diagnostic, Example, LayerModel, Rule, Severity, View

_NODE = {
    "package.json": '{"name": "a", "dependencies": {"b": "1"}, "devDependencies": {"c": "1"}}',
    "package-lock.json": '{"lockfileVersion": 3, "packages": {}}',
    "index.js": "",
    ".dockerignore": "**/node_modules\n",
}
_RUST = {
    "Cargo.toml": '[package]\nname = "a"\nversion = "1.0.0"\n[dependencies]\nb = "1"\n',
    "Cargo.lock": "version = 4\n",
    "src/main.rs": "",
}
_NET = {
    "App.csproj": '<Project Sdk="Microsoft.NET.Sdk"></Project>',
    "Program.cs": "",
    ".dockerignore": "**/bin\n**/obj\n",
}
_PIP = {"requirements.txt": "six==1.17.0\n", "app.py": ""}


class DependenciesInstalledTwice(Rule):
    """A later step installs the dependencies once more."""

    code = "CPL106"
    name = "dependencies-installed-twice"
    severity = Severity.WARNING
    examples = (
        Example(
            "Without what only the build needs",
            """\
FROM node:20
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build
RUN npm ci --omit=dev
CMD ["node", "index.js"]
""",
            _NODE,
            found=True,
        ),
        Example(
            "Removed and installed",
            """\
FROM node:20
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm install
COPY . .
RUN npm run build && rm -rf node_modules && npm install --production
""",
            _NODE,
            found=True,
        ),
        Example(
            "Copied and installed",
            """\
FROM node:20 AS deps
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci

FROM node:20
WORKDIR /app
COPY --from=deps /app/node_modules ./node_modules
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build
""",
            _NODE,
            found=True,
        ),
        Example(
            "In another directory",
            """\
FROM node:20
WORKDIR /tmp
COPY package.json package-lock.json ./
RUN npm install
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm install
COPY . .
RUN npm run build
""",
            _NODE,
            found=True,
        ),
        Example(
            "By another lock",
            """\
FROM node:20
WORKDIR /app
COPY docker/package.json docker/package-lock.json ./
RUN npm install
COPY . .
RUN npm install && npm run build
""",
            {
                **_NODE,
                "docker/package.json": _NODE["package.json"],
                "docker/package-lock.json": '{"lockfileVersion": 2, "packages": {}}',
            },
            found=True,
        ),
        Example(
            "Whatever is there",
            """\
FROM python:3.12
WORKDIR /app
COPY requirements.txt ./
RUN pip install -r requirements.txt
COPY . .
RUN pip install --force-reinstall -r requirements.txt
""",
            _PIP,
            found=True,
        ),
        Example(
            "Compiled without optimisation first",
            """\
FROM rust:1 AS chef
RUN cargo install cargo-chef
WORKDIR /app

FROM chef AS planner
COPY . .
RUN cargo chef prepare --recipe-path recipe.json

FROM chef AS builder
COPY --from=planner /app/recipe.json recipe.json
RUN cargo chef cook --recipe-path recipe.json
COPY . .
RUN cargo build --release

FROM debian:12-slim
COPY --from=builder /app/target/release/a /usr/local/bin/
""",
            _RUST,
            fixed="""\
FROM rust:1 AS chef
RUN cargo install cargo-chef
WORKDIR /app

FROM chef AS planner
COPY . .
RUN cargo chef prepare --recipe-path recipe.json

FROM chef AS builder
COPY --from=planner /app/recipe.json recipe.json
RUN cargo chef cook --recipe-path recipe.json --release
COPY . .
RUN cargo build --release

FROM debian:12-slim
COPY --from=builder /app/target/release/a /usr/local/bin/
""",
        ),
        Example(
            "Restored for no runtime",
            """\
FROM mcr.microsoft.com/dotnet/sdk:8.0
WORKDIR /src
COPY App.csproj ./
RUN dotnet restore
COPY . .
RUN dotnet publish -c Release -r linux-x64 --self-contained -o /out
""",
            _NET,
            fixed="""\
FROM mcr.microsoft.com/dotnet/sdk:8.0
WORKDIR /src
COPY App.csproj ./
RUN dotnet restore -r linux-x64 -p:SelfContained=true
COPY . .
RUN dotnet publish -c Release -r linux-x64 --self-contained -o /out
""",
        ),
        Example(
            "In a stage of its own",
            """\
FROM node:20 AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build

FROM node:20
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev
COPY --from=build /app/dist dist
""",
            _NODE,
            silent="each stage needs packages of its own, and both are built at once",
        ),
        Example(
            "In a stage that goes on from another",
            """\
FROM node:20 AS base
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci

FROM base AS build
COPY . .
RUN npm run build

FROM base
RUN npm ci --omit=dev
COPY --from=build /app/dist dist
""",
            _NODE,
            silent="the first install serves the other stage",
        ),
        Example(
            "What was installed is put aside",
            """\
FROM node:20
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev
RUN cp -R node_modules /tmp/production
RUN npm ci
COPY . .
""",
            _NODE,
            silent="both are used",
        ),
        Example(
            "A script stands between",
            """\
FROM node:20
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN ./pack
RUN npm ci --omit=dev
""",
            {**_NODE, "pack": "tar cf /all.tar node_modules\n"},
            silent="it may have put aside what was installed",
        ),
        Example(
            "Only one of the two runs",
            """\
FROM node:20
WORKDIR /app
COPY package.json package-lock.json ./
ARG MODE
RUN npm ci || npm ci --legacy-peer-deps
RUN if [ "$MODE" = slim ]; then npm ci --omit=dev; fi
COPY . .
""",
            _NODE,
            silent="what may not run does nothing twice",
        ),
        Example(
            "An install that finds what is there",
            """\
FROM node:20
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm install && npm run build
""",
            _NODE,
            silent="`npm install` only compares what is there with the lock",
        ),
        Example(
            "Two sets in two directories",
            """\
FROM node:20
COPY package.json package-lock.json /tmp/all/
RUN cd /tmp/all && npm ci
COPY package.json package-lock.json /tmp/few/
RUN cd /tmp/few && npm ci --omit=dev
COPY . /app
""",
            _NODE,
            silent="they are not the same packages",
        ),
        Example(
            "Another project",
            """\
FROM node:20
COPY web/package.json /web/
RUN cd /web && npm install
COPY api/package.json /api/
RUN cd /api && npm install
COPY . .
""",
            {"web/package.json": _NODE["package.json"], "api/package.json": _NODE["package.json"]},
            silent="each directory has a manifest of its own",
        ),
        Example(
            "Only the lock is written",
            """\
FROM node:20
WORKDIR /app
COPY package.json ./
RUN npm install --package-lock-only
RUN npm ci
COPY . .
""",
            {"package.json": _NODE["package.json"], "index.js": ""},
            silent="the first command installs nothing",
        ),
        Example(
            "Copied and installed below the source",
            """\
FROM node:20 AS deps
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci

FROM node:20
WORKDIR /app
COPY . .
COPY --from=deps /app/node_modules ./node_modules
RUN npm ci
""",
            _NODE,
            silent="CPL101 speaks of that install, and one finding at a time is enough",
        ),
        Example(
            "A cache mount keeps what was downloaded",
            """\
FROM node:20
WORKDIR /app
COPY package.json package-lock.json ./
RUN --mount=type=cache,target=/root/.npm npm ci
COPY . .
RUN npm run build
RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev
""",
            _NODE,
            silent="nothing is downloaded again",
        ),
        Example(
            "What was installed stays in a mount",
            """\
FROM node:20
WORKDIR /app
COPY package.json package-lock.json ./
RUN --mount=type=tmpfs,target=/app/node_modules npm ci && npm run lint
RUN npm ci --omit=dev
COPY . .
""",
            _NODE,
            silent="the image has none of it",
        ),
        Example(
            "pip finds what is there",
            """\
FROM python:3.12
WORKDIR /app
COPY requirements.txt ./
RUN pip install -r requirements.txt
COPY . .
RUN pip install -r requirements.txt && pip install .
""",
            {**_PIP, "pyproject.toml": '[project]\nname = "a"\nversion = "1"\n'},
            silent="pip says that the requirements are satisfied, and only the project is installed",
        ),
        Example(
            "The project after its dependencies",
            """\
FROM ghcr.io/astral-sh/uv:python3.12-bookworm
WORKDIR /app
COPY pyproject.toml uv.lock ./
RUN uv sync --locked --no-install-project
COPY . .
RUN uv sync --locked
""",
            {
                "pyproject.toml": '[project]\nname = "a"\nversion = "1"\ndependencies = ["six"]\n',
                "uv.lock": 'version = 1\n[[package]]\nname = "six"\nversion = "1.17.0"\n',
                "a.py": "",
            },
            silent="the second pass adds only the project",
        ),
        Example(
            "Fetched, then installed",
            """\
FROM node:20
RUN corepack enable
WORKDIR /app
COPY pnpm-lock.yaml ./
RUN pnpm fetch
COPY . .
RUN pnpm install --offline --frozen-lockfile
""",
            {"package.json": _NODE["package.json"], "pnpm-lock.yaml": "lockfileVersion: '9.0'\n"},
            silent="the second pass takes from the store what the first one downloaded",
        ),
        Example(
            "PHP packages first, what the scripts need after the source",
            """\
FROM composer:2
WORKDIR /app
COPY composer.json composer.lock ./
RUN composer install --no-dev --no-scripts --no-autoloader
COPY . .
RUN composer install --no-dev
""",
            {"composer.json": '{"name": "a/b"}', "composer.lock": '{"packages": []}', "index.php": ""},
            silent="the second pass finds the packages",
        ),
        Example(
            "Compiled as the build needs it",
            """\
FROM rust:1 AS chef
RUN cargo install cargo-chef
WORKDIR /app

FROM chef AS planner
COPY . .
RUN cargo chef prepare --recipe-path recipe.json

FROM chef
COPY --from=planner /app/recipe.json recipe.json
RUN cargo chef cook --release --recipe-path recipe.json
COPY . .
RUN cargo build --release
""",
            _RUST,
            silent="the build compiles only the project",
        ),
        Example(
            "Compiled for the tests",
            """\
FROM rust:1 AS chef
RUN cargo install cargo-chef
WORKDIR /app

FROM chef AS planner
COPY . .
RUN cargo chef prepare --recipe-path recipe.json

FROM chef AS builder
COPY --from=planner /app/recipe.json recipe.json
RUN cargo chef cook --recipe-path recipe.json
COPY . .
RUN cargo build --release

FROM builder
RUN cargo test
""",
            _RUST,
            silent="the tests use what was compiled without optimisation",
        ),
        Example(
            "A publish that needs nothing of the runtime",
            """\
FROM mcr.microsoft.com/dotnet/sdk:8.0
WORKDIR /src
COPY App.csproj ./
RUN dotnet restore
COPY . .
RUN dotnet publish -c Release -r linux-x64 --self-contained false -o /out
""",
            _NET,
            silent="its restore finds nearly all packages",
        ),
        Example(
            "The project names its runtimes",
            """\
FROM mcr.microsoft.com/dotnet/sdk:8.0
WORKDIR /src
COPY App.csproj ./
RUN dotnet restore
COPY . .
RUN dotnet publish -c Release -r linux-x64 --self-contained -o /out
""",
            {
                **_NET,
                "App.csproj": '<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup>'
                "<RuntimeIdentifiers>linux-x64</RuntimeIdentifiers></PropertyGroup></Project>",
            },
            silent="the restore brings what they need",
        ),
    )

    def check(self, view: View) -> Iterable[Diagnostic]:
        """One finding for each command that does again what an earlier step did."""
        if not _several(view.layers):
            return ()
        from copylast_rules.order.twice_said import findings

        return findings(view, self)


def _several(model: LayerModel) -> bool:
    """True if several commands are of one manager whose second pass may be dear: most files have none."""
    seen: set[str] = set()
    for step in (step for stage in model.stages for step in stage.steps if step.keyword == "RUN"):
        for fact in model.facts(step):
            if fact.match is None or fact.match.ecosystem.again is None or fact.match.kind in ("tool", "noop"):
                continue
            if fact.match.ecosystem.id in seen:
                return True
            seen.add(fact.match.ecosystem.id)
    return False
