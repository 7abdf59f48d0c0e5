"""Projects that are hard on a fixer: modes, owners, links, places, names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from copylast.context.memory import Content, Link, Moded


class Project(NamedTuple):
    """A project with its Dockerfile."""

    files: Mapping[str, Content]
    dockerfile: str


PY: dict[str, Content] = {"requirements.txt": "flask==3\n", "app.py": "print(1)\n", "pkg/mod.py": "x = 1\n"}
LOCK = '{"name": "w", "lockfileVersion": 3, "packages": {}}\n'
JS: dict[str, Content] = {
    "package.json": (
        '{"name": "w", "version": "1.0.0", "dependencies": {"ms": "2"}, "scripts": {"build": "node src/index.js"}}\n'
    ),
    "package-lock.json": LOCK,
    "src/index.js": "1\n",
}
WORK: dict[str, Content] = {
    "package.json": '{"name": "w", "version": "1.0.0", "workspaces": ["packages/*"]}\n',
    "package-lock.json": (
        '{"name": "w", "version": "1.0.0", "lockfileVersion": 3, "packages": {'
        '"": {"name": "w", "version": "1.0.0", "workspaces": ["packages/*"]},'
        '"node_modules/@w/a": {"resolved": "packages/a", "link": true},'
        '"packages/a": {"name": "@w/a", "version": "1.0.0", "dependencies": {"ms": "2.1.3"}},'
        '"node_modules/ms": {"version": "2.1.3"}}}\n'
    ),
    "packages/a/package.json": '{"name": "@w/a", "version": "1.0.0", "dependencies": {"ms": "2.1.3"}}\n',
    "packages/a/src/index.js": "1\n",
}
GO: dict[str, Content] = {
    "go.mod": "module example.org/a\n\ngo 1.22\n\nrequire github.com/pkg/errors v0.9.1\n",
    "go.sum": (
        "github.com/pkg/errors v0.9.1 h1:FEBLx1zS214owpjy7qsBeixbURkuhQAwrK5UwLGTwt4=\n"
        "github.com/pkg/errors v0.9.1/go.mod h1:bwawxfHBFNV+L2hUp1rHADufV3IMtnDRdf1r5NINEl0=\n"
    ),
    "main.go": "package main\n\nfunc main() {}\n",
}

_PIP = "FROM python:3.12\nWORKDIR /app\n{}\nRUN pip install -r requirements.txt\n"
_NPM = "FROM node:20\nWORKDIR /app\n{}\nRUN npm ci\n"
_GO = "FROM golang:1.22\nWORKDIR /src\n{}\nRUN go build -o /a .\n"

PROJECTS: dict[str, Project] = {
    "mode of the list": Project({**PY, "requirements.txt": Moded("flask==3\n", 0o600)}, _PIP.format("COPY . .")),
    "mode of the context's root": Project({**PY, "./": Moded("", 0o700)}, _PIP.format("COPY . .")),
    "mode of the context's root, destination made by COPY": Project(
        {**PY, "./": Moded("", 0o700)},
        "FROM python:3.12\nCOPY . /srv/web\nWORKDIR /srv/web\nRUN pip install -r requirements.txt\n",
    ),
    "destination made by COPY": Project(
        PY, "FROM python:3.12\nCOPY . /srv/web\nRUN pip install -r /srv/web/requirements.txt\n"
    ),
    "modes of directories with manifests": Project(
        {**WORK, "packages/": Moded("", 0o700), "packages/a/": Moded("", 0o775)}, _NPM.format("COPY . .")
    ),
    "set-gid directory with manifests": Project({**WORK, "packages/a/": Moded("", 0o2775)}, _NPM.format("COPY . .")),
    "sticky directory with a list": Project(
        {"req/": Moded("", 0o1777), "req/base.txt": "flask\n", "app.py": "1\n"},
        "FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN pip install -r req/base.txt\n",
    ),
    "owner by COPY": Project(PY, _PIP.format("COPY --chown=node:node . .")),
    "owner by COPY, directories with manifests": Project(WORK, _NPM.format("COPY --chown=node:node . .")),
    "owner and user": Project(
        WORK,
        "FROM node:20\nRUN mkdir /home/node/app && chown node:node /home/node/app\nWORKDIR /home/node/app\nUSER node\n"
        "COPY --chown=node:node . .\nRUN npm ci\n",
    ),
    "owner, destination made by COPY": Project(
        WORK, "FROM node:20\nCOPY --chown=node:node . /srv/app\nWORKDIR /srv/app\nRUN npm ci\n"
    ),
    "mode by COPY": Project(PY, _PIP.format("COPY --chmod=755 . .")),
    "mode by COPY, directories with manifests": Project(WORK, _NPM.format("COPY --chmod=700 . .")),
    "COPY --link": Project(PY, _PIP.format("COPY --link . .")),
    "list is a link": Project(
        {**PY, "requirements.txt": Link("lists/prod.txt"), "lists/prod.txt": "flask\n"}, _PIP.format("COPY . .")
    ),
    "list behind a link to a directory": Project(
        {"app.py": "1\n", "lists": Link("real"), "real/prod.txt": "flask\n"},
        "FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN pip install -r lists/prod.txt\n",
    ),
    "member is a link": Project(
        {**WORK, "packages/b": Link("../other/b"), "other/b/package.json": '{"name": "@w/b"}\n'},
        _NPM.format("COPY . ."),
    ),
    "destination is a link in the image": Project(
        PY,
        "FROM python:3.12\nRUN mkdir /srv/real && ln -s /srv/real /app\nCOPY . /app\nWORKDIR /app\n"
        "RUN pip install -r requirements.txt\n",
    ),
    "blank and brackets in names": Project(
        {"my list [1].txt": "flask\n", "app.py": "1\n"},
        'FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN pip install -r "my list [1].txt"\n',
    ),
    "wildcard characters in a directory": Project(
        {"req[a]/base.txt": "flask\n", "reqa/base.txt": "django\n", "app.py": "1\n"},
        "FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN pip install -r 'req[a]/base.txt'\n",
    ),
    "dollar in a name": Project(
        {"a$b.txt": "flask\n", "app.py": "1\n"},
        "FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN pip install -r 'a$b.txt'\n",
    ),
    "list with includes in directories": Project(
        {
            "requirements.txt": "-r lists/a.txt\n",
            "lists/a.txt": "-r deep/b.txt\n-c c.txt\nflask\n",
            "lists/deep/b.txt": "six\n",
            "lists/c.txt": "six==1\n",
            "app.py": "1\n",
        },
        _PIP.format("COPY . ."),
    ),
    "working directory below the destination": Project(
        {"api/requirements.txt": "flask\n", "api/app.py": "1\n", "web/x.py": "1\n"},
        "FROM python:3.12\nCOPY . /code\nWORKDIR /code/api\nRUN pip install -r requirements.txt\n",
    ),
    "no working directory": Project(PY, "FROM python:3.12\nCOPY . .\nRUN pip install -r requirements.txt\n"),
    "two COPYs, the second lays over the first": Project(
        {**PY, "prod/requirements.txt": "django\n"},
        "FROM python:3.12\nWORKDIR /app\nCOPY . .\nCOPY prod/ .\nRUN pip install -r requirements.txt\n",
    ),
    "a RUN makes a directory first": Project(
        {**WORK}, "FROM node:20\nWORKDIR /app\nRUN mkdir -m 700 packages\nCOPY . .\nRUN npm ci\n"
    ),
    "directory made in between with a mode": Project(
        PY, "FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN mkdir -p -m 700 out\nRUN pip install -r requirements.txt\n"
    ),
    "settings of npm come along": Project({**JS, ".npmrc": "legacy-peer-deps=true\n"}, _NPM.format("COPY . .")),
    "build in the same step": Project(JS, "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build\n"),
    "install in a parent stage, build in the child": Project(
        JS,
        "FROM node:20 AS deps\nWORKDIR /app\nCOPY . .\nRUN npm ci\nFROM deps AS build\nRUN npm run build\n"
        "FROM node:20\nWORKDIR /app\nCOPY --from=build /app/dist ./dist\n"
        "COPY --from=deps /app/node_modules ./node_modules\n",
    ),
    "two installs": Project(
        {**PY, **JS}, "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN npm ci\nRUN pip install -r requirements.txt\n"
    ),
    "JSON form and escape character": Project(
        PY, '# escape=`\nFROM python:3.12\nWORKDIR /app\nCOPY [".", "."]\nRUN pip install `\n  -r requirements.txt\n'
    ),
    "umask in the step": Project(
        PY, "FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN umask 077 && pip install -r requirements.txt\n"
    ),
    "go module, plain": Project(GO, _GO.format("COPY . .")),
    "go modules with modes": Project({**GO, "go.mod": Moded(str(GO["go.mod"]), 0o640)}, _GO.format("COPY . .")),
    "go workspace": Project(
        {
            "go.work": "go 1.22\n\nuse (\n\t./a\n\t./b\n)\n",
            **{f"{name}/{path}": text for name in ("a", "b") for path, text in GO.items()},
        },
        "FROM golang:1.22\nWORKDIR /src\nCOPY . .\nRUN go build -o /bin/ ./a\n",
    ),
    "go copied to a directory that is not there": Project(
        GO, "FROM golang:1.22\nCOPY . /src/a\nWORKDIR /src/a\nRUN go build -o /a .\n"
    ),
    "go in a final image without it": Project(
        GO, "FROM golang:1.22 AS b\nWORKDIR /src\nCOPY . .\nRUN go build -o /a .\nFROM scratch\nCOPY --from=b /a /a\n"
    ),
}
"""By what is hard about them."""
