"""Maven, run for real against Debian's local repository: what the fix copies is enough, and the same is resolved."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.installs.harness import Runs, both, contents, tool

pytestmark = pytest.mark.installs
REPOSITORY = Path("/usr/share/maven-repo")
OFFLINE = {".mvn/maven.config": f"-o\n-B\n-Dmaven.repo.local={REPOSITORY}\n"}
"""Without this file nothing is resolved: a fix that leaves it behind fails."""
HEAD = '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
SETTINGS = (
    "<properties><maven.compiler.source>8</maven.compiler.source><maven.compiler.target>8</maven.compiler.target>"
    "<project.build.sourceEncoding>UTF-8</project.build.sourceEncoding></properties>"
)
JUNIT = (
    "<dependencies><dependency><groupId>junit</groupId><artifactId>junit</artifactId><version>3.8.2</version>"
    "</dependency></dependencies>"
)
SOURCE = "public class {} {{ junit.framework.TestCase one; }}\n"


@pytest.fixture(autouse=True)
def maven() -> None:
    tool("mvn", "maven")
    tool("javac", "default-jdk-headless")
    for plugin in ("dependency", "compiler", "resources"):
        if not (REPOSITORY / f"org/apache/maven/plugins/maven-{plugin}-plugin").is_dir():
            pytest.skip(f"maven-{plugin}-plugin is not on this machine (Debian: libmaven-{plugin}-plugin-java)")
    if not (REPOSITORY / "junit/junit/3.8.2").is_dir():
        pytest.skip("junit 3.8.2 is not on this machine (Debian: apt-get install junit)")


def pom(artifact: str, inside: str = "", parent: str | None = None) -> str:
    """A pom; with ``parent`` (what stands beside its coordinates) it inherits from the project."""
    above = "<parent><groupId>g</groupId><artifactId>shop</artifactId><version>1</version>{}</parent>"
    head = above.format(parent) if parent is not None else "<groupId>g</groupId><version>1</version>"
    return f"{HEAD}{head}<artifactId>{artifact}</artifactId>{inside}</project>\n"


def dockerfile(*runs: str) -> str:
    """Everything is copied, then these commands run."""
    return "FROM maven:3\nWORKDIR /app\nCOPY . .\n" + "".join(f"RUN {run}\n" for run in runs)


def resolved(said: str) -> list[str]:
    """What ``dependency:resolve`` lists."""
    return re.findall(r"^\[INFO\]    (\S+:\S+)", said, re.M)


def same(files: Mapping[str, str], folder: Path) -> Runs:
    """Runs both texts: the same is resolved, and the same classes come of it."""
    runs = both(files, folder, {})
    assert resolved(runs.said_before)
    assert resolved(runs.said_after) == resolved(runs.said_before)
    classes = [sorted(p for p in contents(place) if p.endswith(".class")) for place in (runs.before, runs.after)]
    assert classes[0]
    assert classes[1] == classes[0]
    return runs


def test_settings_of_the_project_come_along(tmp_path: Path) -> None:
    files = {
        **OFFLINE,
        "pom.xml": pom("shop", SETTINGS + JUNIT),
        "src/main/java/A.java": SOURCE.format("A"),
        "Dockerfile": dockerfile("mvn dependency:resolve", "mvn compile"),
    }
    assert "COPY .mvn .mvn/" in same(files, tmp_path).fixed


def test_modules_and_their_parents(tmp_path: Path) -> None:
    modules = "<packaging>pom</packaging><modules><module>core</module><module>tools/cli.xml</module></modules>"
    files = {
        **OFFLINE,
        "pom.xml": pom("shop", modules + SETTINGS),
        "core/pom.xml": pom("core", JUNIT, ""),
        "core/src/main/java/Core.java": SOURCE.format("Core"),
        "tools/cli.xml": pom("cli", JUNIT, "<relativePath>../pom.xml</relativePath>"),
        "Dockerfile": dockerfile("mvn dependency:resolve && mvn compile"),
    }
    fixed = same(files, tmp_path).fixed
    assert "COPY core/pom.xml core/" in fixed
    assert "COPY tools/cli.xml tools/" in fixed


def test_a_profile_that_a_file_switches_on(tmp_path: Path) -> None:
    switch = "<id>x</id><activation><file><exists>native.txt</exists></file></activation>"
    profile = f"<profiles><profile>{switch}{JUNIT}</profile></profiles>"
    files = {
        **OFFLINE,
        "pom.xml": pom("shop", SETTINGS + profile),
        "native.txt": "",
        "src/main/java/A.java": SOURCE.format("A"),
        "Dockerfile": dockerfile("mvn dependency:resolve", "mvn compile"),
    }
    assert "native.txt" in same(files, tmp_path).fixed


def test_only_one_module_is_asked_for(tmp_path: Path) -> None:
    modules = "<packaging>pom</packaging><modules><module>core</module><module>other</module></modules>"
    files = {
        **OFFLINE,
        "pom.xml": pom("shop", modules + SETTINGS),
        "core/pom.xml": pom("core", JUNIT, ""),
        "core/src/main/java/Core.java": SOURCE.format("Core"),
        "other/pom.xml": pom("other", "", ""),
        "Dockerfile": dockerfile("mvn -pl core dependency:resolve", "mvn -pl core compile"),
    }
    assert "COPY other/pom.xml other/" in same(files, tmp_path).fixed
