"""Gradle, run for real against Debian's local repository: the scripts that the fix copies are enough to configure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.installs.harness import both, contents, tool

pytestmark = pytest.mark.installs
REPOSITORY = Path("/usr/share/maven-repo")
JAVA = f"apply plugin: 'java'\nrepositories {{ maven {{ url '{REPOSITORY}' }} }}\n"
JUNIT = "dependencies { compile 'junit:junit:3.8.2' }\n"
SOURCE = "public class A { junit.framework.TestCase one; }\n"


@pytest.fixture(autouse=True)
def gradle() -> None:
    tool("gradle", "gradle")
    tool("javac", "default-jdk-headless")
    if not (REPOSITORY / "junit/junit/3.8.2").is_dir():
        pytest.skip("junit 3.8.2 is not on this machine (Debian: apt-get install junit)")


def _same(files: Mapping[str, str], folder: Path, task: str = "dependencies --configuration compile") -> str:
    """Runs both texts: the same is resolved and compiled. Gives the fixed text."""
    flags = "--offline --no-daemon -q"
    text = f"FROM gradle\nWORKDIR /app\nCOPY . .\nRUN gradle {flags} {task}\nRUN gradle {flags} classes\n"
    runs = both({**files, "Dockerfile": text, ".dockerignore": "**/build\n**/.gradle\n"}, folder, {})
    resolved = [re.findall(r"--- (\S+:\S+)", said) for said in (runs.said_before, runs.said_after)]
    assert resolved[0] == ["junit:junit:3.8.2"]
    assert resolved[1] == resolved[0]
    classes = [sorted(p for p in contents(place) if p.endswith(".class")) for place in (runs.before, runs.after)]
    assert classes[0]
    assert classes[1] == classes[0]
    assert "src" not in runs.fixed
    return runs.fixed


def test_a_script_that_another_one_applies(tmp_path: Path) -> None:
    files = {
        "settings.gradle": "rootProject.name = 'shop'\n",
        "build.gradle": JAVA + "apply from: 'gradle/own.gradle'\nversion = file('VERSION').text.trim()\n" + JUNIT,
        "gradle/own.gradle": "group = number\n",
        "gradle.properties": "number=1\n",
        "VERSION": "1\n",
        "src/main/java/A.java": SOURCE,
    }
    assert "COPY VERSION build.gradle gradle.properties settings.gradle ./" in _same(files, tmp_path)


def test_projects_of_the_build(tmp_path: Path) -> None:
    files = {
        "settings.gradle": "include 'core', ':tools:cli'\nproject(':core').projectDir = file('modules/core')\n",
        "build.gradle": "subprojects {\n" + JAVA + "}\n",
        "modules/core/build.gradle": JUNIT,
        "modules/core/src/main/java/A.java": SOURCE,
        "tools/cli/build.gradle": "dependencies { compile project(':core') }\n",
    }
    fixed = _same(files, tmp_path, ":core:dependencies --configuration compile")
    assert "COPY modules/core/build.gradle modules/core/" in fixed
    assert "COPY tools/cli/build.gradle tools/cli/" in fixed


def test_a_directory_of_jars(tmp_path: Path) -> None:
    files = {
        "settings.gradle": "",
        "build.gradle": JAVA + "dependencies { compile fileTree(dir: 'libs', include: '*.jar') }\n" + JUNIT,
        "libs/README": "no jar\n",
        "src/main/java/A.java": SOURCE,
    }
    assert "COPY libs libs/" in _same(files, tmp_path)
