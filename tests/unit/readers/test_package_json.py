"""npm: what is read, what refuses, what makes a fix unsafe."""

from __future__ import annotations

import json

import pytest
from tests.unit.readers.project import closure, gates, paths

LOCK = "{}"


def package(**data: object) -> str:
    return json.dumps(data, indent=2)


def scripts(**found: str) -> str:
    return package(name="x", scripts=found)


@pytest.mark.parametrize(
    ("command", "cwd", "files", "expected"),
    [
        (
            "npm ci",
            "/app",
            {"package.json": "{}", "package-lock.json": LOCK, "src/a.js": ""},
            ["package-lock.json", "package.json"],
        ),
        (
            "npm ci",
            "/app",
            {"package.json": "{}", "package-lock.json": LOCK, ".npmrc": "a=b"},
            [".npmrc?", "package-lock.json", "package.json"],
        ),
        (
            "npm ci",
            "/app",
            {"package.json": "{}", "package-lock.json": LOCK, "npm-shrinkwrap.json": LOCK},
            ["npm-shrinkwrap.json", "package.json"],
        ),
        ("npm install", "/app", {"package.json": "{}"}, ["package.json"]),
        ("npm install", "/app", {"package.json": "{}", "yarn.lock": ""}, ["package.json", "yarn.lock?"]),
        (
            "npm ci --prefix web",
            "/app",
            {"web/package.json": "{}", "web/package-lock.json": LOCK},
            ["web/package-lock.json", "web/package.json"],
        ),
        (
            "npm ci",
            "/app/src",
            {"package.json": "{}", "package-lock.json": LOCK},
            ["package-lock.json", "package.json"],
        ),
        ("npm i -g pnpm", "/app", {"package.json": "{}", ".npmrc": ""}, []),
        ("npm i -g pnpm", "/app", {"/root/.npmrc": ""}, ["/root/.npmrc?"]),
        ("npm rebuild", "/app", {"package.json": "{}"}, []),
    ],
)
def test_what_is_read(command: str, cwd: str, files: dict[str, str | None], expected: list[str]) -> None:
    got = closure(command, files, cwd=cwd)
    assert paths(got) == expected
    assert not got.refusals


@pytest.mark.parametrize(
    ("workspaces", "expected"),
    [
        (["packages/*"], ["packages/a", "packages/b"]),
        ({"packages": ["packages/*"]}, ["packages/a", "packages/b"]),
        (["./packages/a/"], ["packages/a"]),
        (["packages/*", "!packages/b"], ["packages/a"]),
        (["packages/{a,b}"], ["packages/a", "packages/b"]),
        (["packages/[!b]"], ["packages/a"]),
        (["**"], ["apps/web/ui", "packages/a", "packages/b"]),
        (["apps/**"], ["apps/web/ui"]),
        (["absent/*"], []),
        ("packages/*", []),
    ],
)
def test_workspaces(workspaces: object, expected: list[str]) -> None:
    files: dict[str, str | None] = {"package.json": package(workspaces=workspaces), "package-lock.json": LOCK}
    for directory in (
        "packages/a",
        "packages/b",
        "apps/web/ui",
        "packages/a/node_modules/z",
        "packages/.hidden",
    ):
        files[f"{directory}/package.json"] = "{}"
    files["packages/nothing/index.js"] = ""
    got = closure("npm ci", files)
    assert paths(got) == [
        "package-lock.json",
        "package.json",
        *(f"{d}/package.json" for d in expected),
    ] or sorted(paths(got)) == sorted(
        ["package-lock.json", "package.json", *(f"{d}/package.json" for d in expected)]
    )
    assert set(got.writes) == {"/app/node_modules", *(f"/app/{d}/node_modules" for d in expected)}


def test_a_member_is_installed_from_its_root() -> None:
    files = {
        "package.json": package(workspaces=["web"]),
        "package-lock.json": LOCK,
        "web/package.json": "{}",
        "web/.npmrc": "",
        ".npmrc": "",
    }
    assert paths(closure("npm ci", files, cwd="/app/web")) == [
        ".npmrc?",
        "package-lock.json",
        "package.json",
        "web/.npmrc?",
        "web/package.json",
    ]
    assert gates(closure("npm ci --prefix web", files)) == [4]
    assert gates(closure("npm ci --no-workspaces", files, cwd="/app/web")) == [4]


@pytest.mark.parametrize(
    ("specifier", "extra", "expected", "refused"),
    [
        ("file:lib", {"lib/package.json": "{}", "lib/a.js": ""}, ["lib/package.json"], []),
        ("./lib", {"lib/package.json": "{}"}, ["lib/package.json"], []),
        ("file:lib", {}, [], []),
        ("file:x.tgz", {"x.tgz": ""}, ["x.tgz"], []),
        ("file:x.tgz", {}, [], [4]),
        ("^1.0.0", {}, [], []),
        ("npm:other@1", {}, [], []),
        (
            "file:lib",
            {"lib/package.json": package(dependencies={"m": "file:../m"}), "m/package.json": "{}"},
            ["lib/package.json", "m/package.json"],
            [],
        ),
        ("file:lib", {"lib/package.json": scripts(prepare="tsc")}, ["lib/package.json"], [1]),
        ("file:lib", {"lib": None}, [], [11]),
        ("file:lib", {"lib/package.json": "["}, ["lib/package.json"], [3]),
    ],
)
def test_local_packages(
    specifier: str, extra: dict[str, str | None], expected: list[str], refused: list[int]
) -> None:
    files = {"package.json": package(devDependencies={"lib": specifier}), "package-lock.json": LOCK, **extra}
    got = closure("npm ci", files)
    assert sorted(paths(got)) == sorted(["package-lock.json", "package.json", *expected])
    assert gates(got) == refused


def test_copied_packages_are_needed_whole() -> None:
    files = {
        "package.json": package(dependencies={"lib": "file:lib"}),
        "package-lock.json": LOCK,
        "lib/package.json": "{}",
    }
    for command, environment, image, more in (
        ("npm ci --install-links", {}, None, {}),
        ("npm ci", {"npm_config_install_links": "true"}, None, {}),
        ("npm ci", {}, "node:19-alpine", {}),
        ("npm ci", {}, None, {".npmrc": "install-links=true"}),
    ):
        assert "lib/" in paths(closure(command, {**files, **more}, environment=environment, base_image=image))
    assert "lib/" not in paths(closure("npm ci", files, base_image="node:20"))


def test_the_lockfile_names_local_packages_too() -> None:
    lock = package(
        packages={
            "": {},
            "lib": {},
            "node_modules/lib": {"resolved": "lib", "link": True},
            "node_modules/t": {"resolved": "file:t.tgz"},
        }
    )
    files = {"package.json": "{}", "package-lock.json": lock, "lib/package.json": "{}", "t.tgz": ""}
    assert paths(closure("npm ci", files)) == [
        "lib/package.json",
        "package-lock.json",
        "package.json",
        "t.tgz",
    ]


def test_overrides() -> None:
    files = {
        "package.json": package(overrides={"a": {".": "1", "b": "file:b.tgz"}}),
        "package-lock.json": LOCK,
        "b.tgz": "",
    }
    assert "b.tgz" in paths(closure("npm ci", files))


def test_a_members_executable_is_needed_and_only_unsafe() -> None:
    files = {
        "package.json": package(workspaces=["a"], bin="cli.js"),
        "package-lock.json": LOCK,
        "cli.js": "",
        "a/package.json": package(name="a", bin={"a": "./bin/a.js", "built": "dist/x.js"}),
        "a/bin/a.js": "",
    }
    got = closure("npm ci", files)
    assert paths(got) == ["a/bin/a.js", "a/package.json", "package-lock.json", "package.json"]
    assert len(got.unsafe) == 1 and "a/bin/a.js" in got.unsafe[0]


@pytest.mark.parametrize(
    "script",
    [
        "husky",
        "husky install",
        "husky || true",
        "is-ci || husky install",
        "echo done",
        "exit 0",
        "true",
        "npx only-allow npm",
        "npx -y only-allow npm",
        "opencollective-postinstall || true",
        "cross-env X=1 husky",
        '[ -n "$CI" ] || husky',
        "rimraf node_modules/@types/x",
        "playwright install",
        "./node_modules/.bin/husky",
        "npm run hooks",
        "npm run absent --if-present",
    ],
)
def test_scripts_that_read_nothing(script: str) -> None:
    files = {"package.json": scripts(prepare=script, hooks="husky"), "package-lock.json": LOCK}
    got = closure("npm ci", files)
    assert paths(got) == ["package-lock.json", "package.json"]
    assert not got.refusals


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("patch-package", ["patches/"]),
        ("npx patch-package --error-on-fail && husky", ["patches/"]),
        ("patch-package --patch-dir other", ["other/"]),
        ("node scripts/plain.js", ["scripts/plain.js"]),
        ("node scripts/plain", ["scripts/plain.js"]),
        (
            "node ./scripts/more.mjs; husky",
            ["data.json", "scripts/more.mjs", "scripts/plain.js", "scripts/x.json"],
        ),
        ("sh scripts/hooks.sh", ["scripts/hooks.sh"]),
        ("bash scripts/patch.sh", ["patches/", "scripts/patch.sh"]),
        ("npm run patch", ["patches/"]),
        ("prisma generate", ["prisma/schema.prisma"]),
        ("npx prisma generate --schema=db/s.prisma", ["db/s.prisma"]),
        ("prisma generate --schema db", ["db/"]),
    ],
)
def test_scripts_whose_files_are_known(script: str, expected: list[str]) -> None:
    files = {
        "package.json": scripts(postinstall=script, patch="patch-package"),
        "package-lock.json": LOCK,
        "patches/a.patch": "",
        "other/a.patch": "",
        "scripts/plain.js": "console.log(process.env.CI)",
        "scripts/more.mjs": "import './plain.js'\nimport { readFileSync } from 'node:fs'\n"
        "import x from './x.json'\n"
        "// fs.readdirSync('.')\nreadFileSync('data.json')\n",
        "scripts/x.json": "{}",
        "data.json": "{}",
        "scripts/hooks.sh": "#!/bin/sh\nset -e\nhusky\n",
        "scripts/patch.sh": "patch-package\n",
        "prisma/schema.prisma": 'generator client {\n  provider = "prisma-client-js"\n}\n',
        "db/s.prisma": "model X {}",
    }
    got = closure("npm ci", files)
    assert paths(got) == sorted(["package-lock.json", "package.json", *expected])
    assert not got.refusals


@pytest.mark.parametrize(
    "script",
    [
        "tsc -p .",
        "nuxt prepare",
        "node scripts/plain.js || true",
        "node -e 'x'",
        "node scripts/dynamic.js",
        "node scripts/fs.js",
        "node scripts/alias.js",
        "node scripts/package.js",
        "node scripts/loads.js",
        "node scripts/long.mjs",
        "ts-node scripts/x.ts",
        "npm run build",
        "npm run deep",
        "cd web && npm ci",
        "if [ -f x ]; then y; fi",
        "sh scripts/build.sh",
        "test -f x && y",
        "lefthook install",
        "cp a b",
        "$(cat x)",
        "echo a > b",
        "patch-package foo",
        "prisma generate --schema absent.prisma",
        "node --require ./x.js scripts/plain.js",
        "[ -d .git ] && husky",
        "rimraf dist",
        "node-gyp rebuild",
    ],
)
@pytest.mark.parametrize("hook", ["preinstall", "prepare"])
def test_scripts_that_may_read_anything(script: str, hook: str) -> None:
    files = {
        "package.json": scripts(
            **{hook: script, "build": "tsc", "deep": "npm run deeper", "deeper": "husky"}
        ),
        "package-lock.json": LOCK,
        "scripts/plain.js": "",
        "scripts/dynamic.js": "require(process.env.X)",
        "scripts/fs.js": "require('fs').readdirSync('.')",
        "scripts/alias.js": "const { readFileSync: r } = require('fs'); r('a')",
        "scripts/package.js": "require('glob')",
        "scripts/loads.js": "require('./absent')",
        "scripts/long.mjs": "import {" + " " * 600 + "} from 'glob'",
        "scripts/build.sh": "tsc -p .",
        "scripts/x.ts": "",
        "prisma/schema.prisma": "",
    }
    got = closure("npm ci", files)
    assert got.refusals
    assert set(gates(got)) <= {1, 4}
    assert not closure("npm ci --ignore-scripts", files).refusals
    assert not closure("npm ci", files, environment={"npm_config_ignore_scripts": "true"}).refusals
    assert not closure("npm ci", {**files, ".npmrc": "ignore-scripts=true"}).refusals
    assert closure("npm ci", files, environment={"npm_config_ignore_scripts": None}).refusals


def test_a_refused_script_is_named_with_its_line() -> None:
    got = closure("npm ci", {"package.json": scripts(postinstall="tsc"), "package-lock.json": LOCK})
    assert [(r.gate, r.path, r.line) for r in got.refusals] == [(1, "/app/package.json", 4)]
    assert "postinstall" in got.refusals[0].reason and "tsc" in got.refusals[0].reason


@pytest.mark.parametrize(
    ("schema", "files", "expected", "writes"),
    [
        (
            'generator c {\n provider = "prisma-client"\n output = "../gen"\n}',
            {},
            [],
            ("/app/gen", "/app/node_modules"),
        ),
        ('generator c {\n provider = "node ./gen.js"\n}', {}, [1], ("/app/node_modules",)),
        ('generator c {\n provider = "zod-prisma"\n}', {}, [1], ("/app/node_modules",)),
        ('generator c {\n output = env("X")\n}', {}, [1], ("/app/node_modules",)),
        (
            "",
            {
                "prisma.config.ts": "import { defineConfig } from 'prisma/config'\n"
                "export default defineConfig({})"
            },
            [],
            ("/app/node_modules",),
        ),
        ("", {"prisma.config.ts": "import x from './src/config'"}, [1], ("/app/node_modules",)),
        ("", {".config/prisma.ts": "import fs from 'node:fs'"}, [1], ("/app/node_modules",)),
        ("", {"prisma.config.ts": "export default { schema: join(a, b) }"}, [1], ("/app/node_modules",)),
    ],
)
def test_prisma(
    schema: str, files: dict[str, str | None], expected: list[int], writes: tuple[str, ...]
) -> None:
    all_files = {
        "package.json": scripts(postinstall="prisma generate"),
        "package-lock.json": LOCK,
        "prisma/schema.prisma": schema,
        **files,
    }
    got = closure("npm ci", all_files)
    assert gates(got) == expected
    assert got.writes == writes


def test_a_members_own_settings_are_not_followed() -> None:
    files = {
        "package.json": json.dumps({"workspaces": ["web"], "scripts": {"prepare": "tsc"}}),
        "package-lock.json": LOCK,
        "web/package.json": "{}",
        "web/.npmrc": "ignore-scripts=true",
    }
    assert gates(closure("npm ci", files, cwd="/app/web")) == [1]


def test_settings_of_the_project_count_more_than_the_users() -> None:
    files = {"package.json": scripts(prepare="tsc"), "package-lock.json": LOCK}
    off, on = "ignore-scripts=false", "ignore-scripts=true"
    assert not closure("npm ci", {**files, "/root/.npmrc": on}).refusals
    assert closure("npm ci", {**files, "/root/.npmrc": on, ".npmrc": off}).refusals
    assert closure("npm ci", {**files, "/root/.npmrc": off, "/usr/local/etc/npmrc": on}).refusals
    assert closure("npm ci --no-ignore-scripts", {**files, ".npmrc": on}).refusals
    assert closure("npm ci", {**files, ".npmrc": "ignore-scripts=${X}"}).refusals
    assert not closure("npm ci", {**files, "cfg": on}, environment={"NPM_CONFIG_USERCONFIG": "cfg"}).refusals


def test_a_native_module_is_built_by_the_install() -> None:
    files = {"package.json": "{}", "package-lock.json": LOCK, "binding.gyp": ""}
    assert gates(closure("npm ci", files)) == [1]
    assert not closure("npm ci --ignore-scripts", files).refusals
    assert not closure("npm ci", {**files, "package.json": package(gypfile=False)}).refusals


@pytest.mark.parametrize(
    ("command", "files", "expected", "where"),
    [
        ("npm ci", {}, [4], "package.json"),
        ("npm ci", {"package.json": "{}"}, [4], "npm ci fails without package-lock.json"),
        ("npm ci", {"package.json": None}, [11], "symbolic link"),
        ("npm ci", {"package.json": "[]", "package-lock.json": LOCK}, [3], "not a JSON object"),
        ("npm ci", {"package.json": "{}", "package-lock.json": "x"}, [3], "package-lock.json is not"),
        (
            "npm ci",
            {"package.json": package(workspaces=["@(a|b)"]), "package-lock.json": LOCK},
            [3],
            "cannot be followed",
        ),
        (
            "npm ci",
            {"package.json": "{}", "package-lock.json": LOCK, ".npmrc": "cafile=ca.pem"},
            [4],
            "ca.pem",
        ),
        (
            "npm ci",
            {"package.json": "{}", "package-lock.json": LOCK, ".npmrc": "node-options=--require ./x.js"},
            [6],
            "node-options",
        ),
        ("npm install express", {"package.json": "{}"}, [10], "edits package.json"),
        ("npm run build", {"package.json": "{}"}, [5], "runs the project"),
        ("npm i -g .", {"package.json": "{}"}, [5], "runs the project"),
    ],
)
def test_what_refuses(command: str, files: dict[str, str | None], expected: list[int], where: str) -> None:
    got = closure(command, files)
    assert gates(got) == expected
    assert any(where in r.reason for r in got.refusals), got.refusals


ENTRY = {"version": "1.0.0", "resolved": "https://r/a.tgz", "integrity": "sha512-x"}


def locked(**changes: object) -> str:
    lock = {
        "name": "x",
        "lockfileVersion": 3,
        "packages": {
            "": {"name": "x", "version": "1.0.0", "workspaces": ["m"], "dependencies": {"a": "^1.0.0"}},
            "m": {"name": "m"},
            "node_modules/a": ENTRY,
            "node_modules/m": {"resolved": "m", "link": True},
        },
    }
    return json.dumps({**lock, **changes})


MANIFEST = {"name": "x", "version": "1.0.0", "workspaces": ["m"], "dependencies": {"a": "^1.0.0"}}


@pytest.mark.parametrize(
    ("manifest", "member", "lock", "image", "reason"),
    [
        ({}, {}, locked(), "node:20", None),
        ({}, {}, locked(), None, None),
        ({}, {}, locked(), "node:14", "npm 6"),
        ({}, {}, locked(lockfileVersion=1), None, "lockfileVersion"),
        ({"dependencies": {"a": "^2.0.0"}}, {}, locked(), None, "dependencies differs"),
        ({"devDependencies": {"b": "1"}}, {}, locked(), None, "devDependencies differs"),
        ({"version": "1.0.1"}, {}, locked(), None, "version differs"),
        ({"workspaces": ["*"]}, {}, locked(), None, "workspaces differ"),
        ({"name": None}, {}, locked(), None, "no name"),
        ({}, {"dependencies": {"z": "1"}}, locked(), None, "dependencies of m differs"),
        ({}, {}, locked(packages={"": MANIFEST, "m": {"name": "m"}}), None, "a is not in it"),
        (
            {},
            {},
            locked(packages={"": MANIFEST, "m": {"name": "m"}, "gone": {}, "node_modules/a": ENTRY}),
            None,
            "gone in it is no member",
        ),
        (
            {},
            {},
            locked(packages={"": MANIFEST, "m": {"name": "m"}, "node_modules/a": {"version": "1"}}),
            None,
            "not resolved",
        ),
    ],
)
def test_npm_install_needs_a_lock_in_sync(
    manifest: dict[str, object], member: dict[str, object], lock: str, image: str | None, reason: str | None
) -> None:
    files = {
        "package.json": package(**{**MANIFEST, **manifest}),
        "m/package.json": package(**{"name": "m", **member}),
        "package-lock.json": lock,
    }
    got = closure("npm install", files, base_image=image)
    assert [reason in u for u in got.unsafe] == [True] if reason else not got.unsafe, got.unsafe
    assert "/app/package-lock.json" in got.writes
    assert not closure("npm ci", files, base_image=image).unsafe
    assert not closure("npm install --no-package-lock", files, base_image=image).unsafe
