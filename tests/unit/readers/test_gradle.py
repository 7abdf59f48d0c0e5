"""Gradle: the wrapper, settings, included projects and builds, and the files that scripts name."""

from __future__ import annotations

import pytest
from tests.unit.readers.project import closure, gates, paths

from copylast_rules.readers.gradle_scripts import ScriptError, calls, literals, tokens

TASK = "gradle dependencies"
JAVA = "plugins { id 'java' }\n"
WRAPPER = {
    "gradlew": "#!/bin/sh\n",
    "gradle/wrapper/gradle-wrapper.jar": "",
    "gradle/wrapper/gradle-wrapper.properties": "distributionUrl=https\\://example.org/gradle-8.9-bin.zip\n",
}

SETTINGS = """\
rootProject.name = 'x'
include 'api', ':core:db'
// include 'old'
/* include('older') */
include('web',
    'cli')
project(':cli').projectDir = file('tools/cli')
includeBuild('build-logic')
"""


@pytest.mark.parametrize(
    ("command", "cwd", "files", "expected"),
    [
        (TASK, "/app", {"build.gradle": JAVA, "src/A.java": ""}, ["build.gradle"]),
        (
            "./gradlew --version",
            "/app",
            {**WRAPPER, "build.gradle": JAVA, "gradle/x.toml": "", "gradle.properties": ""},
            ["gradle.properties", *WRAPPER],
        ),
        (
            "./gradlew dependencies",
            "/app",
            {**WRAPPER, "build.gradle.kts": "plugins { java }"},
            ["build.gradle.kts", "gradle/", "gradlew"],
        ),
        ("gradle -p api dependencies", "/app", {"api/build.gradle": JAVA, "build.gradle": ""}, ["api/build.gradle"]),
        (
            TASK,
            "/app",
            {
                "settings.gradle": SETTINGS,
                "build.gradle": JAVA + "apply from: \"$rootDir/gradle/checks.gradle\"\napply from: 'extra.gradle'\n",
                "gradle/checks.gradle": "",
                "extra.gradle": "dependencies { implementation files('lib/own.jar') }\n",
                "lib/own.jar": "",
                "api/build.gradle": "dependencies { implementation fileTree(dir: 'libs', include: '*.jar') }",
                "api/libs/x.jar": "",
                "core/build.gradle": "",
                "core/db/build.gradle.kts": "",
                "core/db/gradle.lockfile": "",
                "web/build.gradle": "version = rootDir.resolve('web/VERSION').text\n",
                "web/VERSION": "1",
                "tools/cli/build.gradle": "",
                "build-logic/settings.gradle": "",
                "buildSrc/src/A.java": "",
                "gradle.properties": "",
            },
            [
                "api/build.gradle", "api/libs/", "build-logic/", "build.gradle", "buildSrc/", "core/build.gradle",
                "core/db/build.gradle.kts", "core/db/gradle.lockfile", "extra.gradle", "gradle/", "gradle.properties",
                "lib/own.jar?", "settings.gradle", "tools/cli/build.gradle", "web/VERSION?", "web/build.gradle",
            ],
        ),
        (
            TASK,
            "/app/api",
            {"settings.gradle.kts": 'include("api")', "api/build.gradle.kts": "", "build.gradle.kts": ""},
            ["api/build.gradle.kts", "build.gradle.kts", "settings.gradle.kts"],
        ),
        (
            TASK,
            "/app",
            {"build.gradle": "url 'https://example.org/x'\nmaven { url \"$rootDir/repo\" }", "repo/x.pom": ""},
            ["build.gradle", "repo/"],
        ),
    ],
)
def test_what_is_read(command: str, cwd: str, files: dict[str, str | None], expected: list[str]) -> None:
    got = closure(command, files, cwd=cwd)
    assert not got.refusals
    assert sorted(paths(got)) == sorted(expected)


@pytest.mark.parametrize(
    ("command", "files", "gate", "said"),
    [
        (TASK, {}, 4, "no settings.gradle"),
        ("./gradlew --version", {"gradlew": ""}, 4, "gradle-wrapper.properties"),
        ("./gradlew --version", {k: v for k, v in WRAPPER.items() if not k.endswith(".jar")}, 4, "gradle-wrapper.jar"),
        (
            "./gradlew --version",
            {**WRAPPER, "gradle/wrapper/gradle-wrapper.properties": "distributionUrl=../gradle.zip"},
            6,
            "does not download",
        ),
        (TASK, {"settings.gradle": "include(names)"}, 2, "plain text"),
        (TASK, {"settings.gradle": 'include("$prefix-api")'}, 2, "plain text"),
        (TASK, {"settings.gradle": "rootDir.eachDir { include it.name }"}, 2, "plain text"),
        (TASK, {"settings.gradle": "children.each { it.buildFileName = 'x.gradle' }"}, 2, "in its own way"),
        (TASK, {"settings.gradle": "includeBuild '.'"}, 5, "the project itself"),
        (TASK, {"settings.gradle": "includeBuild '../logic'"}, 4, "/logic is not in"),
        (TASK, {"build.gradle": "def v = 'git describe'.execute().text"}, 1, "runs a program"),
        (TASK, {"build.gradle": "new File(somewhere).text"}, 3, "by a variable"),
        (TASK, {"build.gradle": "apply from: \"$where/x.gradle\""}, 3, "by a variable"),
        (TASK, {"build.gradle": "file('src').listFiles().each { }"}, 2, "looks through directories"),
        (TASK, {"build.gradle": "plugins { id 'com.palantir.git-version' version '3' }"}, 1, "may read the repository"),
        (TASK, {"build.gradle": "x = 'no end\n"}, 3, "a string does not end"),
        (TASK, {"build.gradle": "/* no end\n"}, 3, "a comment does not end"),
        (TASK, {"build.gradle": None}, 11, "symbolic link"),
        (TASK + " -I $INIT", {"build.gradle": JAVA}, 3, "by a variable"),
        (TASK + " -b other.gradle", {"build.gradle": JAVA, "other.gradle": ""}, 6, "another script"),
    ],
)
def test_what_refuses(command: str, files: dict[str, str | None], gate: int, said: str) -> None:
    got = closure(command, files)
    assert gate in gates(got)
    assert any(said in r.reason for r in got.refusals), got.refusals


def test_a_plugin_that_is_not_known_is_a_doubt() -> None:
    assert closure(TASK, {"build.gradle": "plugins { id 'com.example.own' version '1' }"}).unsafe
    assert not closure(TASK, {"build.gradle": JAVA}).unsafe


def test_a_project_without_a_script_is_a_directory() -> None:
    got = closure(TASK, {"settings.gradle": "include 'a', 'b:c'", "a/src/A.java": "", "b/c/build.gradle": ""})
    assert [(n.path, n.what) for n in got.needs if n.what == "stub"] == [("/app/a", "stub")]


def test_no_build_is_idle() -> None:
    assert closure(TASK, {"README": ""}).idle == "no project"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("include 'a', 'b'\nx 'c'", [["a", "b"]]),
        ("include('a')\ninclude(\n  'b',\n  \"c\",\n)", [["a"], ["b", "c"]]),
        ("include 'a',\n  'b' // c\n", [["a", "b"]]),
        ('include("$x")', [None]),
        ("include listOf(a)", [None]),
        ("def include = 1", []),
        ("included 'a'", []),
        ('include("""a""")', [["a"]]),
    ],
)
def test_calls_with_literals(text: str, expected: list[list[str] | None]) -> None:
    assert [literals(c) for c in calls(tokens(text), frozenset({"include"}))] == expected


def test_too_much_ends() -> None:
    with pytest.raises(ScriptError, match="too much"):
        tokens("a\n" * 500_000)
