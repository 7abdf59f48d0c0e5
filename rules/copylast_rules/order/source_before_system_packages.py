"""Files of the project enter before system packages are installed.

What it finds
=============

A step that installs packages of the system (apt, apk, dnf, yum, microdnf, zypper, pacman) below a `COPY`
or `ADD` of files that it does not read, from the build context or from a stage that was made from them.

Why it matters
==============

Every change of a copied file makes the step run again: the package lists are fetched anew, the packages
downloaded and unpacked, and a new layer is pushed and pulled. Above the `COPY` the step stays in the
cache until its own text changes.

What the fix does
=================

It puts the `COPY`s below the package step, and below the steps that follow it directly and read nothing
of the project either. A `RUN` that goes on with something else is cut in two at `&&`, unless the rest
removes packages or lists again. Across a `COPY` into the system's own directories the fix is unsafe.

When it stays silent
====================

When what was copied is meant for the step: settings of package managers, keys, certificates, or a file
that the step names; and when it comes from another stage and a source edit leaves it as it is. Manifests
alone (`requirements.txt` above `apt-get`) are reported as information only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from copylast import Diagnostic, Example, Facts, Rule, Severity, View
from copylast_rules.order.free_steps import findings, is_system


class SourceBeforeSystemPackages(Rule):
    """Files of the project enter before system packages are installed."""

    code = "CPL102"
    name = "source-before-system-packages"
    severity = Severity.WARNING
    examples = (
        Example(
            "Everything is copied, then packages are installed",
            """\
FROM debian:12
WORKDIR /app
COPY . .
RUN apt-get update && apt-get install -y jq
CMD ["./run.sh"]
""",
            {"run.sh": ""},
            fixed="""\
FROM debian:12
WORKDIR /app
RUN apt-get update && apt-get install -y jq
COPY . .
CMD ["./run.sh"]
""",
        ),
        Example(
            "A release from another stage",
            """\
FROM golang:1.22 AS build
WORKDIR /src
COPY . .
RUN go build -mod=vendor -o /out/app .

FROM alpine:3.20
COPY --from=build /out/app /app/app
RUN apk add --no-cache tzdata
""",
            {"go.mod": "module a\n", "main.go": "", "vendor/modules.txt": ""},
            fixed="""\
FROM golang:1.22 AS build
WORKDIR /src
COPY . .
RUN go build -mod=vendor -o /out/app .

FROM alpine:3.20
RUN apk add --no-cache tzdata
COPY --from=build /out/app /app/app
""",
        ),
        Example(
            "Packages and a build in one step",
            """\
FROM debian:12
WORKDIR /app
COPY . .
RUN apt-get update && apt-get install -y gcc make && make
""",
            {"Makefile": "all:\n\tgcc -o app app.c\n", "app.c": ""},
            fixed="""\
FROM debian:12
WORKDIR /app
RUN apt-get update && apt-get install -y gcc make
COPY . .
RUN make
""",
        ),
        Example(
            "Steps that read nothing either move along",
            """\
FROM alpine:3.20
WORKDIR /app
COPY . .
RUN apk add --no-cache curl
RUN curl -fsSL https://example.org/tool -o /usr/local/bin/tool
""",
            {"run.sh": ""},
            fixed="""\
FROM alpine:3.20
WORKDIR /app
RUN apk add --no-cache curl
RUN curl -fsSL https://example.org/tool -o /usr/local/bin/tool
COPY . .
""",
        ),
        Example(
            "Settings of a program that is installed",
            """\
FROM debian:12
COPY nginx.conf /etc/nginx/nginx.conf
RUN apt-get update && apt-get install -y nginx
""",
            {"nginx.conf": ""},
            fixed="""\
FROM debian:12
RUN apt-get update && apt-get install -y nginx
COPY nginx.conf /etc/nginx/nginx.conf
""",
            unsafe=True,
        ),
        Example(
            "The packages are removed again",
            """\
FROM alpine:3.20
WORKDIR /app
COPY . .
RUN apk add --virtual .build gcc && ./configure && apk del .build
""",
            {"configure": ""},
            withheld="removes what came before it",
        ),
        Example(
            "A directory that the source has made for another user",
            """\
FROM alpine:3.20
COPY --chown=1000 . /site/web
RUN apk add jq && mkdir -p /site/data
""",
            {"app.py": ""},
            withheld="/site is made by the COPY today, and would be made for another user",
        ),
        Example(
            "A step in between that needs the source",
            """\
FROM debian:12
WORKDIR /app
COPY . .
RUN ./configure
RUN apt-get update && apt-get install -y jq
""",
            {"configure": ""},
            withheld="line 4 stands between and `configure` needs the source",
        ),
        Example(
            "Packages first",
            """\
FROM debian:12
WORKDIR /app
RUN apt-get update && apt-get install -y jq
COPY . .
""",
            {"run.sh": ""},
            silent="nothing of the project stands above the packages",
        ),
        Example(
            "Settings of the package manager",
            """\
FROM debian:12
COPY sources.list /etc/apt/sources.list
RUN apt-get update && apt-get install -y jq
""",
            {"sources.list": "deb https://deb.example.org/debian bookworm main\n"},
            silent="the step reads what was copied",
        ),
        Example(
            "A package of the project's own",
            """\
FROM debian:12
COPY tool.deb /tmp/
RUN apt-get update && apt-get install -y /tmp/tool.deb
""",
            {"tool.deb": ""},
            silent="the step names what was copied",
        ),
        Example(
            "Dependencies from another stage",
            """\
FROM node:20 AS deps
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci

FROM node:20
WORKDIR /app
COPY --from=deps /app/node_modules ./node_modules
RUN apt-get update && apt-get install -y jq
COPY . .
RUN node build.js
""",
            {
                "package.json": '{"name": "a", "version": "1.0.0"}',
                "package-lock.json": (
                    '{"name": "a", "version": "1.0.0", "lockfileVersion": 3,'
                    ' "packages": {"": {"name": "a", "version": "1.0.0"}}}'
                ),
                "build.js": "",
                ".dockerignore": "node_modules\n",
            },
            fixed="""\
FROM node:20 AS deps
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci

FROM node:20
WORKDIR /app
RUN apt-get update && apt-get install -y jq
COPY --from=deps /app/node_modules ./node_modules
COPY . .
RUN node build.js
""",
        ),
    )

    def check(self, view: View) -> Iterable[Diagnostic]:
        """One finding for each COPY below which system packages are installed."""
        return findings(view, self, _first)


def _first(tools: Sequence[Facts]) -> Facts | None:
    return next((fact for fact in tools if is_system(fact)), None)
