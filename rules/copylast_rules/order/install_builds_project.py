"""Dependencies arrive only with the project's own build.

What it finds
=============

A build command that downloads the dependencies on its way (`go build`), or an install of the project
together with its dependencies (`poetry install`, `uv sync`), in a step below the source, with no step
above the source that fetches them. Where fetching and compiling are two commands (`mix deps.get`, `mix
deps.compile`), a build below the source that compiles what was fetched above it.

Why it matters
==============

The download happens inside a step that every source edit runs again. A step of its own that needs
only the manifests keeps the downloads in a layer that stays until a manifest changes.

What the fix does
=================

It adds a `COPY` of the manifests and the tool's download command in front of the `COPY` that brings
the source. The build itself stays as it is: where the tool installs the project, the first step leaves the
project out (`--no-root`, `--no-install-project`, `--no-self`), and the second one adds only that.

When it stays silent
====================

When the dependencies are fetched above the source, when a cache mount keeps the tool's downloads,
when there is nothing to fetch (vendored modules, no dependencies), and in stages that the build does
not need.
"""

from __future__ import annotations

from collections.abc import Iterable

from copylast import Diagnostic, Example, Label, Rule, Severity, View, command_name, offer
from copylast_rules.order.undivided import Undivided, undivided_builds

_GO = {
    "go.mod": "module example.org/a\ngo 1.22\nrequire example.org/b v1.0.0\n",
    "go.sum": "example.org/b v1.0.0 h1:x\nexample.org/b v1.0.0/go.mod h1:x\n",
    "main.go": "package main\n",
}
_POETRY = {
    "pyproject.toml": '[project]\nname = "app"\nversion = "1"\ndependencies = ["six"]\n',
    "poetry.lock": '[[package]]\nname = "six"\nversion = "1.17.0"\n',
    "app/__init__.py": "",
    ".dockerignore": "**/.venv\n",
}

_NET = '<Project Sdk="Microsoft.NET.Sdk"><ItemGroup>{}</ItemGroup></Project>'


class InstallBuildsProject(Rule):
    """Dependencies arrive only with the project's own build."""

    code = "CPL103"
    name = "install-builds-project"
    severity = Severity.WARNING
    examples = (
        Example(
            "The build downloads",
            """\
FROM golang:1.22
WORKDIR /src
COPY . .
RUN go build -o /app .
""",
            _GO,
            fixed="""\
FROM golang:1.22
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN go build -o /app .
""",
        ),
        Example(
            "Only the go.mod of a replaced module is read",
            """\
FROM golang:1.22
WORKDIR /src
COPY . .
RUN go build -o /app .
""",
            {
                **_GO,
                "go.mod": _GO["go.mod"] + "require example.org/c v0.0.0\nreplace example.org/c => ./c\n",
                "c/go.mod": "module example.org/c\n",
                "c/c.go": "",
            },
            fixed="""\
FROM golang:1.22
WORKDIR /src
COPY go.mod go.sum ./
COPY c/go.mod c/
RUN go mod download
COPY . .
RUN go build -o /app .
""",
        ),
        Example(
            "What the download needs stands below the source",
            """\
FROM golang:1.22
WORKDIR /src
COPY . .
RUN git config --global url."git@example.org:".insteadOf "https://example.org/"
RUN --mount=type=ssh CGO_ENABLED=0 GOPRIVATE=example.org go build -o /app .
""",
            _GO,
            fixed="""\
FROM golang:1.22
WORKDIR /src
RUN git config --global url."git@example.org:".insteadOf "https://example.org/"
COPY go.mod go.sum ./
RUN --mount=type=ssh GOPRIVATE=example.org go mod download
COPY . .
RUN --mount=type=ssh CGO_ENABLED=0 GOPRIVATE=example.org go build -o /app .
""",
        ),
        Example(
            "The project comes with its dependencies",
            """\
FROM python:3.12-slim
WORKDIR /app
COPY . .
RUN pip install poetry && poetry install --only main
""",
            _POETRY,
            fixed="""\
FROM python:3.12-slim
WORKDIR /app
RUN pip install poetry
COPY poetry.lock pyproject.toml ./
RUN poetry install --only main --no-root
COPY . .
RUN poetry install --only main
""",
        ),
        Example(
            "The build stands in a Makefile",
            """\
FROM golang:1.22
WORKDIR /src
COPY . .
RUN make
""",
            {**_GO, "Makefile": "app:\n\tgo build -o app .\n"},
            fixed="""\
FROM golang:1.22
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN make
""",
        ),
        Example(
            "A .NET project and what it refers to",
            """\
FROM mcr.microsoft.com/dotnet/sdk:8.0
WORKDIR /src
COPY . .
RUN dotnet publish Api/Api.csproj -c Release -o /out
""",
            {
                "Api/Api.csproj": _NET.format('<ProjectReference Include="..\\Core\\Core.csproj" />'),
                "Api/Program.cs": "",
                "Core/Core.csproj": _NET.format('<PackageReference Include="Polly" />'),
                "Directory.Packages.props": "<Project />",
                ".dockerignore": "**/bin\n**/obj\n",
            },
            fixed="""\
FROM mcr.microsoft.com/dotnet/sdk:8.0
WORKDIR /src
COPY Directory.Packages.props ./
COPY Api/Api.csproj Api/
COPY Core/Core.csproj Core/
RUN dotnet restore Api/Api.csproj
COPY . .
RUN dotnet publish Api/Api.csproj -c Release -o /out
""",
        ),
        Example(
            "Mix has fetched the dependencies, and compiles them with the project",
            """\
FROM elixir:1.16
ENV MIX_ENV=prod
WORKDIR /app
RUN mix local.hex --force && mix local.rebar --force
COPY mix.exs mix.lock ./
RUN mix deps.get --only prod
COPY . .
RUN mix release
""",
            {
                "mix.exs": 'defmodule A.MixProject do\n  def project, do: [app: :a, deps: [{:jason, "~> 1.4"}]]\nend\n',
                "mix.lock": '%{"jason": {:hex, :jason, "1.4.1", "x", [:mix], [], "hexpm", "y"}}\n',
                "config/config.exs": "import Config\n",
                "lib/a.ex": "",
                ".dockerignore": "deps\n_build\n",
            },
            fixed="""\
FROM elixir:1.16
ENV MIX_ENV=prod
WORKDIR /app
RUN mix local.hex --force && mix local.rebar --force
COPY mix.exs mix.lock ./
RUN mix deps.get --only prod
COPY config/config.exs config/
RUN mix deps.compile
COPY . .
RUN mix release
""",
        ),
        Example(
            "Maven leaves something to be downloaded later",
            """\
FROM maven:3.9
WORKDIR /src
COPY . .
RUN mvn -B package -DskipTests
""",
            {"pom.xml": "<project><artifactId>a</artifactId></project>", "src/main/java/A.java": ""},
            fixed="""\
FROM maven:3.9
WORKDIR /src
COPY pom.xml ./
RUN mvn dependency:go-offline -B
COPY . .
RUN mvn -B package -DskipTests
""",
            unsafe=True,
        ),
        Example(
            "Gradle has no command that downloads what a build needs",
            """\
FROM gradle:8-jdk21
WORKDIR /src
COPY . .
RUN gradle build
""",
            {"build.gradle": "plugins { id 'java' }\n", "src/main/java/A.java": ""},
            withheld="the download cannot be split from the build",
        ),
        Example(
            "The step mounts the source",
            """\
FROM golang:1.22
WORKDIR /src
RUN --mount=type=bind,target=. go build -o /app .
""",
            _GO,
            withheld="the step mounts the source itself",
        ),
        Example(
            "The source enters in a parent stage",
            """\
FROM golang:1.22 AS source
WORKDIR /src
COPY . .

FROM source
RUN go build -o /app .
""",
            _GO,
            withheld="the source enters in a parent stage",
        ),
        Example(
            "A step of its own prepares what the tool needs",
            """\
FROM python:3.12-slim
WORKDIR /app
COPY . .
RUN ./prepare && poetry install
""",
            _POETRY,
            withheld="`./prepare` may read any file, and it runs before `poetry install` in the same step",
        ),
        Example(
            "Downloaded above the source",
            """\
FROM golang:1.22
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN go build -o /app .
""",
            _GO,
            silent="the build finds all modules",
        ),
        Example(
            "The environment comes from another stage",
            """\
FROM python:3.12-slim AS builder
WORKDIR /app
COPY pyproject.toml poetry.lock ./
RUN poetry install --only main

FROM python:3.12-slim
WORKDIR /app
COPY --from=builder /app/.venv .venv
COPY . .
RUN poetry install --only main
""",
            _POETRY,
            silent="the install adds only the project to it",
        ),
        Example(
            "A cache mount keeps the modules",
            """\
FROM golang:1.22
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/go/pkg/mod go build -o /app .
""",
            _GO,
            silent="nothing is downloaded twice",
        ),
        Example(
            "Vendored modules",
            """\
FROM golang:1.22
WORKDIR /src
COPY . .
RUN go build -o /app .
""",
            {**_GO, "vendor/modules.txt": ""},
            silent="nothing is downloaded",
        ),
    )

    def check(self, view: View) -> Iterable[Diagnostic]:
        """One finding for the first build of each stage that downloads on its way."""
        for found in undivided_builds(view):
            yield self._found(view, found)

    def _found(self, view: View, found: Undivided) -> Diagnostic:
        from copylast_rules.order.early_fetch import plan_fetch

        build, fetch = found.build, found.fetch
        fix, withheld = offer(lambda: plan_fetch(view, found.step, found.guilty, build, fetch))
        early = command_name(fetch.facts)
        advice = f"run `{early}` in a step of its own, before the source"
        downloads = not fetch.prefetch.behind
        return Diagnostic(
            self.code,
            self.name,
            f"`{command_name(build)}` {'downloads' if downloads else 'compiles'} the dependencies again after every"
            " source edit",
            build.command.span,
            self.severity,
            label=f"{'fetches' if downloads else 'compiles'} the dependencies each time that it runs",
            labels=(Label(found.guilty[0].step.instruction.span, "every edit of the source makes it run"),),
            help=fetch.prefetch.note if fetch.prefetch.safety == "shown" else advice,
            fix=fix,
            withheld=withheld,
        )
