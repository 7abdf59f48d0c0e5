"""Traps where the build stays green and the image is wrong: what a fix must carry, repeat, leave out or withhold.

Each row names a trap, a little project of ``tests/cases`` that stands in it, and what must come of that. That the
project really comes to this, ``tests/test_cases.py`` holds; this table holds that no trap is without one. Behind each
group stands a run of the package manager that fell into the trap, or the tool's documentation.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.casebook import CASES

from copylast.records import NamedTuple


class Trap(NamedTuple):
    """``fixed`` are lines that the repaired Dockerfile must have in this order, none if there must be no fix.

    ``ignored`` is a pattern that the fix must add to the ignore file, ``said`` a part of the reason why the fix is
    withheld or unsafe. With none of them there must be no finding at all.
    """

    name: str
    case: str
    fixed: tuple[str, ...] = ()
    ignored: str = ""
    said: str = ""


def carries(name: str, case: str, *fixed: str, said: str = "") -> Trap:
    """The fix brings along what the install would miss without a word."""
    return Trap(name, case, fixed, said=said)


def refuses(name: str, case: str, said: str) -> Trap:
    """There is no fix, and people are told why."""
    return Trap(name, case, said=said)


def ignores(name: str, case: str, pattern: str) -> Trap:
    """The fix keeps the host's directory out of the COPY that now comes after the install."""
    return Trap(name, case, ("COPY . .",), ignored=pattern)


NPM, YARN, BUN = "RUN npm ci", "RUN yarn install --frozen-lockfile", "RUN bun install"
PNPM = "RUN pnpm install --frozen-lockfile"
NOT_SPLIT = "cannot be split from the build"

TRAPS = {
    "members of a workspace whose manifests are missing are not installed": (
        carries("npm", "npm-workspaces", "COPY packages/core/package.json packages/core/", NPM, "COPY . ."),
        carries("yarn 1", "yarn1-workspaces", "COPY packages/api/package.json packages/api/", YARN, "COPY . ."),
        carries("pnpm", "pnpm-workspace", "COPY apps/web/package.json apps/web/", PNPM, "COPY . ."),
        carries("bun", "bun-workspace", "COPY packages/api/package.json packages/api/", BUN, "COPY . ."),
        carries("a list by hand", "incomplete-npm-one-member-of-two", "COPY packages/c/package.json packages/c/", NPM),
    ),
    "patch-package without its patches says nothing, and the package is not patched": (
        carries("npm", "npm-patches", "COPY patches patches/", NPM, "COPY . ."),
        carries("yarn 1", "yarn1-workspaces", "COPY patches patches/", YARN, "COPY . ."),
        carries("a list by hand", "incomplete-patches-of-patch-package", "COPY patches patches/", NPM),
    ),
    "patches of the manager itself are files of the repository too": (
        carries("pnpm", "pnpm-patches-and-catalog", "COPY patches/turbo@2.0.1.patch patches/", PNPM),
        carries("yarn", "yarn-releases-plugins-patches", "COPY .yarn/patches/a-npm-1.0.0.patch .yarn/patches/", "RUN"),
        carries("bun", "bun-workspace", "COPY patches/hono@4.0.0.patch patches/", BUN),
    ),
    "a stub of the source, built first, is what cargo ships": (
        refuses("cargo build", "cargo-build", NOT_SPLIT),
        refuses("cargo fetch", "cargo-fetch", "Cargo does not read Cargo.toml without the source"),
        refuses("cargo install", "cargo-install-path", NOT_SPLIT),
    ),
    "a Python project that is installed without its source is an empty package": (
        Trap("pip install .", "pip-installs-the-project"),
        Trap("after its requirements", "pip-project-on-top"),
        refuses("with its dependencies", "pip-project-with-its-dependencies", NOT_SPLIT),
        refuses("-e .", "pip-editable-project", "installs the project itself"),
        carries("-e of a library", "pip-local-library", "COPY libs/money libs/money/", "RUN pip install", "COPY . ."),
    ),
    "dependencies that a missing file names are none": (
        Trap("pip", "pip-project-dynamic"),
        refuses("uv sync", "uv-dynamic-dependencies", "the dependencies are dynamic"),
        refuses("uv pip install", "uv-pip-dynamic-dependencies", "are dynamic, so that the project is built"),
    ),
    "go mod tidy, go get and go install of a module without source do nothing, or worse": (
        refuses("tidy", "go-tidy-after-the-source", "`go mod tidy` works on what is already there"),
        carries("get", "go-get-and-install-of-the-project", "RUN go mod download", "COPY . .", "RUN go get ./..."),
        carries("install", "go-get-and-install-of-the-project", "COPY . .", "RUN go install ./..."),
        carries("tidy without", "go-tidied-without-the-source", "RUN go mod tidy", "COPY go.mod", "RUN go mod"),
    ),
    "what a command changed above is put back by the source, and the install must not read it": (
        carries("npm", "npm-manifest-changed-above-the-source", "RUN npm pkg", "COPY package-lock.json", NPM),
    ),
    "a folder that is copied and not linked is a package without code": (
        carries("npm links it", "npm-folder-is-linked", "COPY dates/package.json dates/", NPM, "COPY . ."),
        carries("npm packs it", "npm-folder-is-packed", "COPY .npmrc", "COPY dates dates/", NPM, "COPY . ."),
        carries("yarn 1", "yarn1-workspaces", "COPY tools/chart tools/chart/", YARN),
        carries("pnpm", "pnpm-folder-is-copied", "COPY dates dates/", PNPM, "COPY . ."),
        carries("bun", "bun-workspace", "COPY lib lib/", BUN),
        carries("composer", "composer-path-repository-copied", "COPY packages/lib packages/lib/", "RUN composer"),
    ),
    "settings left out make another install": (
        carries("yarn goes plug'n'play", "yarn-releases-plugins-patches", "COPY .yarnrc.yml package.json", "RUN yarn"),
        carries("pnpm knows no members", "pnpm-workspace", "pnpm-lock.yaml pnpm-workspace.yaml ./", PNPM),
        carries(
            "pnpm's members, and nobody who names them",
            "pnpm-workspace-file-missing",
            "RUN pnpm fetch",
            "COPY . .",
            PNPM,
            said="the fix is not a safe one",
        ),
    ),
    "a directory of the host covers what was installed": (
        ignores("npm", "npm-directory-not-ignored", "**/node_modules"),
        ignores("uv", "uv-host-environment", "**/.venv"),
        ignores("composer", "composer-vendor-not-ignored", "**/vendor"),
        ignores("bundler", "bundler-directory-not-ignored", "**/vendor/bundle"),
        ignores(".NET", "dotnet-obj-not-ignored", "**/obj"),
        ignores("mix", "mix-directories-not-ignored", "**/_build"),
        ignores("mix, its sources", "mix-directories-not-ignored", "**/deps"),
        refuses("it belongs to the repository", "composer-vendor-in-the-repository", "vendor is part of the repo"),
    ),
    "composer does not look again for classes, and runs other scripts after an install than after a dump": (
        carries(
            "classmap",
            "composer-classmap-of-the-source",
            "--no-scripts --no-autoloader",
            "COPY . .",
            "RUN composer install --no-dev --classmap-authoritative",
        ),
        carries("scripts", "composer-scripts", "COPY . .", "RUN composer install", said="runs in the second of two"),
    ),
    "the project itself is installed by the second pass, which must stay": (
        carries("poetry", "poetry-path-dependency", "--no-root", "COPY . .", "RUN poetry install --only main"),
        carries("uv", "uv-sync", "--no-install-project", "COPY . /app", "RUN uv sync --locked --no-dev"),
        carries("pdm", "pdm-install", "--no-self", "COPY . .", "RUN pdm install --check --prod --no-editable"),
        Trap("poetry has both", "poetry-two-passes"),
        Trap("uv has both", "uv-two-passes"),
        Trap("pdm has both", "pdm-two-passes"),
    ),
    "an executable of a member that is missing at the install gets no link": (
        carries("npm", "npm-executable-of-a-member", "COPY packages/stamp/cli.js", NPM, said="executable"),
        carries("yarn 1", "yarn1-executable-of-a-member", "COPY packages/stamp/cli.js", YARN, said="executable"),
        carries("pnpm", "pnpm-executable-of-a-member", "COPY packages/stamp/cli.js", PNPM, said="executable"),
    ),
    "Maven and Gradle build an empty jar of no source": (
        carries("Maven", "maven-package-only", "RUN mvn dependency:go-offline", "COPY . .", said="misses what plugins"),
        Trap("Maven, as a warm-up", "maven-warmed-up-without-the-source"),
        refuses("Gradle", "gradle-boot-jar", NOT_SPLIT),
    ),
    "`gradle dependencies` downloads no jars, so that it is nothing to add": (
        refuses("a task", "gradle-boot-jar", NOT_SPLIT),
        refuses("a task of a subproject", "gradle-task-of-a-subproject", NOT_SPLIT),
    ),
    "an install that finds nothing installs nothing": (
        Trap("terraform", "terraform-init"),
        refuses("bundler", "bundler-gemfile-lists-folders", "may read any file (Dir)"),
        carries("mix", "mix-umbrella", "COPY apps/one/mix.exs apps/one/", "RUN mix deps.get", "COPY . ."),
        carries("deno", "deno-member-of-a-workspace", "COPY clock/deno.json clock/", "RUN deno install", "COPY . ."),
    ),
    "dotnet restore skips a project that is not there, and takes the lowest versions where no file says which": (
        carries("references", "dotnet-references-of-references", "COPY src/Shop.Data/Shop.Data.csproj", "RUN dotnet"),
        carries("versions", "dotnet-references-of-references", "Directory.Packages.props", "RUN dotnet restore"),
        carries("a list by hand", "incomplete-dotnet-referenced-project", "COPY b/b.csproj b/", "RUN dotnet restore"),
        carries("versions, by hand", "incomplete-dotnet-props-above", "COPY Directory.Packages.props", "RUN dotnet"),
    ),
    "what a cache mount holds is not in the image": (
        refuses("node_modules", "npm-modules-in-a-cache-mount", "in the cache mount /app/node_modules"),
        Trap("NuGet's packages", "dotnet-cache-mount"),
        Trap("Swift's build", "swift-build-directory-in-a-cache-mount"),
    ),
}
ROWS = [(title, trap) for title, traps in TRAPS.items() for trap in traps]


@pytest.mark.parametrize(("title", "trap"), ROWS, ids=[f"{trap.case}: {trap.name}" for _, trap in ROWS])
def test_the_fix_carries_or_refuses(title: str, trap: Trap) -> None:
    folder = CASES / trap.case
    expected = (folder / "expected.txt").read_text()
    repaired = [path for name in ("fixed", "unsafe") if (path := folder / f"{name}.Dockerfile").exists()]
    if not trap.fixed:
        assert not repaired, title
        assert trap.said in expected if trap.said else expected == "", title
        return
    assert trap.said in expected
    assert repaired, title
    for path in repaired:
        wanted = iter(path.read_text().splitlines())
        for part in trap.fixed:
            assert any(part in line for line in wanted), f"{title}: {part!r} is not where it must be in {path.name}"
    if trap.ignored:
        assert trap.ignored in (folder / "fixed.dockerignore").read_text().splitlines(), title


def _cache_mounts(path: Path) -> set[str]:
    return set(re.findall(r"--mount=\S*type=cache\S*", path.read_text()))


def test_no_fix_adds_a_cache_mount_or_drops_one() -> None:
    """But for the rule that is there for it: CPL401 adds some, and drops none."""
    seen = 0
    for after in sorted(CASES.glob("*/*.Dockerfile")):
        before = after.parent / "project" / "Dockerfile"
        if after.name in ("fixed.Dockerfile", "unsafe.Dockerfile") and before.exists():
            if " CPL401 " in (after.parent / "expected.txt").read_text():
                assert _cache_mounts(after) >= _cache_mounts(before), after
            else:
                assert _cache_mounts(after) == _cache_mounts(before), after
            seen += bool(_cache_mounts(after))
    assert seen, "no case has a cache mount"
