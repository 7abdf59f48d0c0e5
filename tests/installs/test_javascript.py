"""npm, Yarn, pnpm and Bun, run for real: with only the files that the fix copies they install the same.

The managers come from npm, which gets them as this machine is set up to do; so do the few small packages that
the projects depend on.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.installs.harness import Runs, both, contents, tool

pytestmark = pytest.mark.installs
REACH = re.compile(r"(?i)(https?_proxy|no_proxy|ssl_cert_\w+|node_extra_ca_certs|npm_config_\w+|yarn_\w+)")
"""Variables that say how this machine reaches a registry."""
TIMES = re.compile(
    r"(^|/)(\.modules\.yaml|\.pnpm-workspace-state[^/]*|\.yarn-state\.yml|install-state\.gz|lock\.yaml)$"
)
"""Files in which a manager notes when it ran, or where the store is."""
HOOK = "node scripts/hook.js"
FILES = {
    "index.js": "require('is-number')\n",
    "scripts/hook.js": "const { say } = require('./say.js')\nconsole.log('ran: ' + say)\n",
    "scripts/say.js": "module.exports = { say: 'hook' }\n",
    ".dockerignore": "**/node_modules\n",
}
SPY = {**FILES, "scripts/hook.js": "console.log('ran: ' + require('fs').readdirSync('.').includes('index.js'))\n"}
"""The same with a hook that nobody can follow."""


class Manager(NamedTuple):
    """A package manager: what npm calls it, how it makes the lockfile, how it installs from that."""

    package: str
    lockfile: str
    lock: str
    install: str
    workspaces: bool = True
    """Members stand in package.json."""


MANAGERS = {
    "npm": Manager(
        "",
        "package-lock.json",
        "npm install --package-lock-only --ignore-scripts",
        "npm ci --foreground-scripts",
    ),
    "yarn1": Manager("yarn@1.22.22", "yarn.lock", "yarn install --ignore-scripts", "yarn install --frozen-lockfile"),
    "yarn4": Manager(
        "@yarnpkg/cli-dist@4", "yarn.lock", "yarn install --mode=update-lockfile", "yarn install --immutable"
    ),
    "pnpm9": Manager(
        "pnpm@9", "pnpm-lock.yaml", "pnpm install --lockfile-only", "pnpm install --frozen-lockfile", False
    ),
    "pnpm10": Manager(
        "pnpm@10", "pnpm-lock.yaml", "pnpm install --lockfile-only", "pnpm install --frozen-lockfile", False
    ),
    "pnpm": Manager("pnpm", "pnpm-lock.yaml", "pnpm install --lockfile-only", "pnpm install --frozen-lockfile", False),
    "bun": Manager("bun", "bun.lock", "bun install --ignore-scripts", "bun install --frozen-lockfile"),
}


class Home(NamedTuple):
    """Where one manager is, and the variables that it is run with."""

    manager: Manager
    name: str
    environment: Mapping[str, str]


_homes: dict[str, Home] = {}


@pytest.fixture(params=MANAGERS)
def home(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Home:
    name = request.param
    if name not in _homes:
        _homes[name] = _get(name, MANAGERS[name], tmp_path_factory.mktemp(name))
    return _homes[name]


def _get(name: str, manager: Manager, folder: Path) -> Home:
    """Install a manager; skip, and say why, where that cannot be."""
    tool("npm", "npm")
    settings = {variable: value for variable, value in os.environ.items() if REACH.fullmatch(variable)}
    asked = subprocess.run(["npm", "config", "get", "registry"], capture_output=True, text=True, check=True, timeout=60)
    registry = asked.stdout.strip()
    if manager.package:
        command = ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(folder), manager.package]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
        if done.returncode:
            pytest.skip(f"npm cannot install {manager.package}: {done.stderr.strip().splitlines()[-1:]}")
    return Home(manager, name, {
        **settings,
        "PATH": f"{folder}/node_modules/.bin:{os.environ['PATH']}",
        "npm_config_registry": registry,
        "npm_config_update_notifier": "false",
        "YARN_NPM_REGISTRY_SERVER": registry,
        "YARN_ENABLE_TELEMETRY": "0",
        "YARN_CACHE_FOLDER": f"{folder}/yarn-cache",
        "YARN_GLOBAL_FOLDER": f"{folder}/yarn-global",
        "BUN_INSTALL_CACHE_DIR": f"{folder}/bun-cache",
    })  # fmt: skip


def _json(**data: object) -> str:
    """A manifest as Yarn writes it: else its install would begin by doing so."""
    return json.dumps(data, indent=2) + "\n"


def _project(home: Home, folder: Path, manifest: Mapping[str, object], files: Mapping[str, str]) -> dict[str, str]:
    """The files of a project with the lockfile that the manager makes for it."""
    found = {"package.json": _json(**manifest), **files}
    if home.name == "yarn4":
        found[".yarnrc.yml"] = "nodeLinker: node-modules\nenableGlobalCache: true\n"
    if not home.manager.workspaces and "workspaces" in manifest:
        found["pnpm-workspace.yaml"] = f"packages: {json.dumps(manifest['workspaces'])}\n"
    found["Dockerfile"] = f"FROM node:22\nWORKDIR /app\nCOPY . .\nRUN {home.manager.install}\n"
    place = folder / "lock"
    for path, text in found.items():
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        (place / path).write_text(text)
    environment = {**home.environment, "HOME": str(folder / "home"), "CI": ""}
    done = subprocess.run(
        home.manager.lock.split(), cwd=place, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return {**found, home.manager.lockfile: (place / home.manager.lockfile).read_text()}


def _runs(home: Home, files: Mapping[str, str], folder: Path, unsafe: bool = False) -> Runs:
    """Both runs, which must leave the same behind."""
    runs = both(files, folder / "runs", home.environment, unsafe=unsafe)

    def noted(path: str) -> bool:
        return bool(TIMES.search(path)) or (unsafe and home.name.startswith("pnpm") and "/.bin/" in path)

    assert contents(runs.after, noted) == contents(runs.before, noted)
    return runs


def test_a_workspace_with_exclusions_hooks_and_a_package_on_the_disk(home: Home, tmp_path: Path) -> None:
    manifest = {
        "name": "app",
        "version": "1.0.0",
        "private": True,
        "workspaces": ["packages/*", "!packages/old"],
        "scripts": {"postinstall": HOOK},
        "dependencies": {"is-odd": "3.0.1", "lib": "file:./lib"},
    }
    workspace = "1.0.0" if home.name in ("npm", "yarn1") else "workspace:*"
    wanted = {"b": workspace, "is-number": "7.0.0"}
    files = {
        **FILES,
        "packages/a/package.json": _json(name="a", version="1.0.0", dependencies=wanted),
        "packages/a/index.js": "require('b')\n",
        "packages/b/package.json": _json(name="b", version="1.0.0"),
        "packages/b/index.js": "",
        "packages/old/package.json": _json(name="old", version="1.0.0", dependencies={"is-even": "1.0.0"}),
        "lib/package.json": _json(name="lib", version="1.0.0"),
        "lib/index.js": "module.exports = 1\n",
    }
    runs = _runs(home, _project(home, tmp_path, manifest, files), tmp_path)
    install = runs.fixed.index("RUN ")
    assert "COPY packages/a/package.json packages/a/" in runs.fixed[:install]
    assert "packages/a/index.js" not in runs.fixed and "COPY . ." in runs.fixed[install:]
    assert home.name == "yarn4" or runs.said_before.count("ran: hook") == runs.said_after.count("ran: hook") == 1
    assert (runs.after / "node_modules/is-odd/package.json").is_file()
    assert (runs.after / "node_modules/lib/index.js").is_file()
    command = ["node", "-e", "require('is-number'); require('b')"]
    said = subprocess.run(command, cwd=runs.after / "packages/a", capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr


PATCH = """\
diff --git a/index.js b/index.js
index 1111111..2222222 100644
--- a/index.js
+++ b/index.js
@@ -1,3 +1,4 @@
+// patched
 /*!
  * is-number <https://github.com/jonschlinkert/is-number>
  *
"""


def test_patches(home: Home, tmp_path: Path) -> None:
    manifest: dict[str, object] = {"name": "app", "version": "1.0.0", "dependencies": {"is-number": "7.0.0"}}
    files = dict(FILES)
    patched = {"is-number@7.0.0": "patches/is-number.patch"}
    if home.name.startswith("pnpm"):
        files["pnpm-workspace.yaml"] = f"patchedDependencies: {json.dumps(patched)}\n"
        if home.name == "pnpm9":
            del files["pnpm-workspace.yaml"]
            manifest["pnpm"] = {"patchedDependencies": patched}
        files["patches/is-number.patch"] = PATCH
    elif home.name == "bun":
        manifest["patchedDependencies"] = patched
        files["patches/is-number.patch"] = PATCH
    elif home.name == "yarn4":
        manifest["dependencies"] = {"is-number": "patch:is-number@npm%3A7.0.0#~/.yarn/patches/is-number.patch"}
        files[".yarn/patches/is-number.patch"] = PATCH
    else:
        manifest["devDependencies"] = {"patch-package": "8.0.0"}
        manifest["scripts"] = {"postinstall": "patch-package"}
        files["patches/is-number+7.0.0.patch"] = PATCH.replace("a/", "a/node_modules/is-number/").replace(
            "b/", "b/node_modules/is-number/"
        )
    runs = _runs(home, _project(home, tmp_path, manifest, files), tmp_path)
    assert (runs.after / "node_modules/is-number/index.js").read_text().startswith("// patched")


def test_a_hook_that_needs_the_source_runs_once_and_after_it(home: Home, tmp_path: Path) -> None:
    if home.name == "npm":
        pytest.skip("npm ci begins by removing what is there, so that there is no second step")
    manifest = {
        "name": "app",
        "version": "1.0.0",
        "private": True,
        "workspaces": ["packages/*"],
        "scripts": {"postinstall": HOOK},
        "dependencies": {"esbuild": "0.21.5", "is-odd": "3.0.1"},
        "trustedDependencies": ["esbuild"],
        "pnpm": {"onlyBuiltDependencies": ["esbuild"]},
    }
    if home.name == "pnpm":
        pytest.skip("how pnpm 11 and later are allowed to build a package is not written here")
    member = _json(name="a", version="1.0.0", dependencies={"is-number": "7.0.0"})
    files = {**SPY, "packages/a/package.json": member}
    project = _project(home, tmp_path, manifest, files)
    runs = _runs(home, project, tmp_path, unsafe=True)
    assert runs.fixed.index("RUN ") < runs.fixed.index("COPY . .") < runs.fixed.rindex(f"RUN {home.manager.install}")
    if home.name != "yarn4":  # it shows what a script says only if it fails
        assert runs.said_before.count("ran: true") == runs.said_after.count("ran: true") == 1
    command = [str(runs.after / "node_modules/esbuild/bin/esbuild"), "--version"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() == "0.21.5"
