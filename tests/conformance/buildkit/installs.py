"""The base image for real installs, and the projects that are installed with it.

A small Debian with Python and pip, and this machine's own node. How this machine reaches its package registries
(certificates, proxies, index addresses) is asked of pip and npm when the tests run and goes into the image, which
goes with the daemon at the end.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests.conformance.buildkit.daemon import PrivateDocker
from tests.conformance.buildkit.inline import Project
from tests.conformance.buildkit.prepare import Unavailable
from tests.conformance.buildkit.rootfs import debian_tar, needs_of

PYTHON, NODE = "python:3.11", "node:20"
"""The names of the images; which one a Dockerfile says decides what the fixer takes it for."""

_FOR_PEOPLE = ("usr/share/doc", "usr/share/info", "usr/share/locale", "usr/share/man")
"""What no install looks at; each proof writes and reads the whole image twice."""
_SNAKES = ("usr/lib/python3", "usr/lib/python3.*", "usr/share/python-wheels")

_CERTIFICATES = "etc/ssl/certs/ca-certificates.crt"
_PIP = ("index-url", "extra-index-url", "trusted-host", "proxy", "timeout", "retries")
_NPM = ("registry", "proxy", "https-proxy", "strict-ssl")
_PROXIES = ("http_proxy", "https_proxy", "no_proxy")


def load_debian(private: PrivateDocker, root: Path, image: str) -> None:
    """Give the private docker one of the images. Raises :class:`Unavailable` where node is missing."""
    texts = {
        "etc/passwd": "root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000::/home/app:/bin/sh\n",
        "etc/group": "root:x:0:\napp:x:1000:\n",
        "etc/pip.conf": _pip_settings(),
        "root/.npmrc": _npm_settings(),
        "home/app/.npmrc": _npm_settings(),
    }
    settings = [
        "ENV PATH=/usr/local/bin:/usr/bin:/bin",
        f"ENV SSL_CERT_FILE=/{_CERTIFICATES}",
        f"ENV NODE_EXTRA_CA_CERTS=/{_CERTIFICATES}",
        # The image has no system packages that pip could break.
        "ENV PIP_BREAK_SYSTEM_PACKAGES=1",
        "ENV PIP_ROOT_USER_ACTION=ignore",
        'CMD ["/bin/sh"]',
    ]
    with tempfile.TemporaryDirectory(prefix="cpl-") as folder:
        more = _certificates() if image == PYTHON else {**_certificates(), **_node(root)}
        without = _FOR_PEOPLE if image == PYTHON else (*_FOR_PEOPLE, *_SNAKES)
        private.load(debian_tar(root, Path(folder) / "debian.tar", more, texts, without), image, settings)


def build_options() -> tuple[str, ...]:
    """What a build needs to reach the registries: this machine's network, and its proxies."""
    said = {name: os.environ.get(name) or os.environ.get(name.upper()) for name in _PROXIES}
    return ("--network=host", *(f"--build-arg={name}={value}" for name, value in said.items() if value))


def _certificates() -> dict[str, tuple[Path, int]]:
    names = ("PIP_CERT", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS")
    for place in (*(os.environ.get(name) for name in names), f"/{_CERTIFICATES}"):
        if place and Path(place).is_file():
            return {_CERTIFICATES: (Path(place), 0o644)}
    return {}


def _node(root: Path) -> dict[str, tuple[Path, int]]:
    found = shutil.which("node")
    npm = shutil.which("npm")
    if found is None or npm is None:
        raise Unavailable("there is no node with npm on this machine")
    program = Path(found).resolve()
    package = Path(npm).resolve().parents[1]
    more = {"usr/local/bin/node": (program, 0o755), "usr/local/lib/node_modules/npm": (package, 0o755)}
    starter = "usr/local/bin/npm"
    more[starter] = (_STARTER, 0o755)
    for name, place in needs_of(program).items():
        if not any((root / folder / name).exists() for folder in ("usr/lib/x86_64-linux-gnu", "usr/lib64", "usr/lib")):
            more[f"usr/local/lib/{name}"] = (place, 0o755)
    return more


_STARTER = Path(__file__).parent / "npm-starter"
"""A link would lead out of the place where npm is here."""


def _pip_settings() -> str:
    wanted = {name: value for name, value in _asked_pip().items() if name in _PIP}
    lines = [f"{name} = {value}" for name, value in wanted.items()]
    return "\n".join(("[global]", f"cert = /{_CERTIFICATES}", "disable-pip-version-check = true", *lines, ""))


def _asked_pip() -> dict[str, str]:
    """What pip says of its settings, the environment last."""
    pip = shutil.which("pip") or shutil.which("pip3")
    if pip is None:
        return {}
    done = subprocess.run([pip, "config", "list"], capture_output=True, text=True, check=False)
    found: dict[str, str] = {}
    for name, value in re.findall(r"(?m)^(?:global|user|site|install|:env:)\.([a-z-]+)='(.*)'$", done.stdout):
        words = [word for word in value.replace("\\n", " ").split() if not word.startswith("file:")]
        if words:
            found[name] = " ".join(words)
    return found


def _npm_settings() -> str:
    lines = [f"cafile=/{_CERTIFICATES}", "update-notifier=false", "fund=false", "audit=false"]
    npm = shutil.which("npm")
    for name in _NPM if npm else ():
        done = subprocess.run([str(npm), "config", "get", name], capture_output=True, text=True, check=False)
        value = done.stdout.strip()
        if done.returncode == 0 and value and value not in ("null", "undefined"):
            lines.append(f"{name}={value}")
    return "\n".join((*lines, ""))


TOOLS: Mapping[str, str] = {
    "pip": "FROM python:3.11\n",
    "npm": "FROM node:20\n",
    "yarn": "FROM node:20\nRUN npm install -g yarn@1.22.22\n",
    "pnpm": "FROM node:20\nRUN npm install -g pnpm@9.15.4\n",
    "uv": "FROM python:3.11\nRUN pip install uv\n",
}
"""How the Dockerfiles of a manager's projects begin: what has to be there for it. The first build of them makes it.

Poetry and its like ask PyPI's own address, whatever pip is told, so they cannot be had everywhere: stubs stand
for them.
"""


def image_of(manager: str) -> str:
    """The image of a manager's projects."""
    return TOOLS[manager].split()[1]


_SIX = "find / -path '*-packages/six.py'"
# npm has packages of its own, and ms is one of them.
_MS_FILE = "find / -path /usr/local/lib/node_modules -prune -o -path '*/node_modules/ms/index.js' -print"
BROUGHT: Mapping[str, str] = {"pip": _SIX, "uv": _SIX, "npm": _MS_FILE, "yarn": _MS_FILE, "pnpm": _MS_FILE}
"""Commands that find what the projects of a manager need, which no image has before it was installed."""

_APP = {"app.py": "print(1)\n", "pkg/mod.py": "x = 1\n"}
_JS = {
    "package.json": (
        '{"name": "w", "version": "1.0.0", "private": true,\n "scripts": {"build": "node build.js"},\n'
        ' "dependencies": {"ms": "2.1.3"}, "devDependencies": {"left-pad": "1.3.0"}}\n'
    ),
    "package-lock.json": (
        '{"name": "w", "version": "1.0.0", "lockfileVersion": 3, "requires": true, "packages": {\n'
        ' "": {"name": "w", "version": "1.0.0", "dependencies": {"ms": "2.1.3"},'
        ' "devDependencies": {"left-pad": "1.3.0"}},\n'
        ' "node_modules/left-pad": {"version": "1.3.0", "dev": true},\n'
        ' "node_modules/ms": {"version": "2.1.3"}}}\n'
    ),
    "build.js": "const fs = require('fs'); fs.mkdirSync('dist', {recursive: true});\n"
    "fs.writeFileSync('dist/out.js', String(require('ms')('1s')) + fs.readFileSync('src/index.js'));\n",
    "src/index.js": "1\n",
}
_WORK = {
    "package.json": '{"name": "w", "version": "1.0.0", "private": true, "workspaces": ["packages/*"]}\n',
    "package-lock.json": (
        '{"name": "w", "version": "1.0.0", "lockfileVersion": 3, "requires": true, "packages": {\n'
        ' "": {"name": "w", "version": "1.0.0", "workspaces": ["packages/*"]},\n'
        ' "node_modules/@w/a": {"resolved": "packages/a", "link": true},\n'
        ' "packages/a": {"name": "@w/a", "version": "1.0.0", "dependencies": {"ms": "2.1.3"}},\n'
        ' "node_modules/ms": {"version": "2.1.3"}}}\n'
    ),
    "packages/a/package.json": '{"name": "@w/a", "version": "1.0.0", "dependencies": {"ms": "2.1.3"}}\n',
    "packages/a/index.js": "module.exports = require('ms');\n",
}
_MS = "6FlzubTLZG3J2a/NVCAleEhjzq5oxgHyaCU9yYXvcLsvoVaHJq/s5xXI6/XXP6tz7R9xAOtHnSO/tXtF3WRTlA=="
_PACKAGE = (
    '{"name": "w", "version": "1.0.0", "private": true,\n "scripts": {"build": "node build.js"},\n'
    ' "dependencies": {"ms": "2.1.3"}}\n'
)
_YARN = {
    "package.json": _PACKAGE,
    "yarn.lock": (
        "# yarn lockfile v1\n\n\nms@2.1.3:\n"
        '  version "2.1.3"\n  resolved "https://registry.yarnpkg.com/ms/-/ms-2.1.3.tgz'
        f'#574c8138ce1d2b5861f0b44579dbadd60c6615b2"\n  integrity sha512-{_MS}\n'
    ),
    "build.js": _JS["build.js"],
    "src/index.js": "1\n",
}
_PNPM = {
    "package.json": _PACKAGE,
    "pnpm-lock.yaml": (
        "lockfileVersion: '9.0'\n\nsettings:\n  autoInstallPeers: true\n  excludeLinksFromLockfile: false\n\n"
        "importers:\n\n  .:\n    dependencies:\n      ms:\n        specifier: 2.1.3\n        version: 2.1.3\n\n"
        f"packages:\n\n  ms@2.1.3:\n    resolution: {{integrity: sha512-{_MS}}}\n\nsnapshots:\n\n  ms@2.1.3: {{}}\n"
    ),
    "build.js": _JS["build.js"],
    "src/index.js": "1\n",
}

PROJECTS: Mapping[str, Project] = {
    "pip: a list": Project(
        {**_APP, "requirements.txt": "six==1.16.0\n"},
        "FROM python:3.11\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt\n",
    ),
    "pip: includes and constraints": Project(
        {
            **_APP,
            "requirements/prod.txt": "-r base.txt\nidna\n",
            "requirements/base.txt": "-c pins.txt\nsix\n",
            "requirements/pins.txt": "six==1.16.0\nidna==3.7\n",
        },
        "FROM python:3.11\nWORKDIR /app\nCOPY . .\n"
        "RUN python3 -m pip install --no-cache-dir -r requirements/prod.txt\n",
    ),
    "pip: a cache mount": Project(
        {**_APP, "requirements.txt": "six==1.16.0\n"},
        "FROM python:3.11\nWORKDIR /app\nCOPY . .\n"
        "RUN --mount=type=cache,target=/root/.cache/pip \\\n    pip install -r requirements.txt\n",
    ),
    "pip: a user of its own": Project(
        {**_APP, "requirements.txt": "six==1.16.0\n"},
        "FROM python:3.11\nRUN chown app:app /home/app && mkdir /home/app/web && chown app:app /home/app/web\n"
        "ENV HOME=/home/app\nUSER app\nWORKDIR /home/app/web\nCOPY --chown=app:app . .\n"
        "RUN pip install --user -r requirements.txt\n",
    ),
    "pip: installed, then compiled": Project(
        {**_APP, "requirements.txt": "six==1.16.0\n"},
        "FROM python:3.11\nWORKDIR /app\nADD . /app\nRUN pip install -r requirements.txt\n"
        "RUN python3 -m compileall -q .\n",
    ),
    "pip: taken over into a final stage": Project(
        {**_APP, "requirements.txt": "six==1.16.0\n"},
        "FROM python:3.11 AS build\nWORKDIR /app\nCOPY . .\nRUN pip install --prefix=/out -r requirements.txt\n"
        "FROM python:3.11\nCOPY --from=build /out /usr/local\nCOPY --from=build /app /app\n",
    ),
    "npm: ci": Project(_JS, "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN npm ci\nRUN npm run build\n"),
    "npm: ci and build in one step": Project(
        _JS, "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build\n"
    ),
    "npm: without development dependencies": Project(
        _JS, "FROM node:20\nWORKDIR /app\nENV NODE_ENV=production\nCOPY . .\nRUN npm ci --omit=dev\n"
    ),
    "npm: in a folder of the project": Project(
        {**{f"web/{path}": text for path, text in _JS.items()}, "api/main.py": "1\n"},
        "FROM node:20\nWORKDIR /code\nCOPY . .\nWORKDIR /code/web\nRUN npm ci\nRUN npm run build\n",
    ),
    "npm: workspaces": Project(_WORK, "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN npm ci\n"),
    "npm: built in one stage, served by another": Project(
        _JS,
        "FROM node:20 AS build\nWORKDIR /app\nCOPY . .\nRUN npm ci\nRUN npm run build\n"
        "FROM node:20\nWORKDIR /srv\nCOPY --from=build /app/dist ./dist\n"
        "COPY --from=build /app/node_modules ./node_modules\n",
    ),
    "yarn: a lockfile": Project(
        _YARN,
        TOOLS["yarn"] + "WORKDIR /app\nCOPY . .\nRUN yarn install --frozen-lockfile\nRUN yarn build\n",
    ),
    "pnpm: a lockfile": Project(
        _PNPM,
        TOOLS["pnpm"] + "WORKDIR /app\nCOPY . .\nRUN pnpm install --frozen-lockfile\nRUN pnpm build\n",
    ),
    "uv: a list": Project(
        {**_APP, "requirements.txt": "-c pins.txt\nsix\n", "pins.txt": "six==1.16.0\n"},
        TOOLS["uv"] + "WORKDIR /app\nCOPY . .\nRUN uv pip install --system --break-system-packages"
        " -r requirements.txt\n",
    ),
}
"""Small projects with real dependencies, by what manages them (see :data:`TOOLS`)."""
