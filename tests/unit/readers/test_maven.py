"""Maven: poms with parents and modules, settings, the wrapper, and what cannot be followed."""

from __future__ import annotations

import pytest
from tests.unit.readers.project import closure, gates, paths

OFFLINE = "mvn dependency:go-offline"


def pom(artifact: str, *inside: str, parent: str | None = None) -> str:
    """A pom; ``parent`` is what stands beside the parent's coordinates."""
    above = f"<parent><groupId>g</groupId><artifactId>p</artifactId><version>1</version>{parent}</parent>"
    head = above if parent is not None else "<groupId>g</groupId>"
    body = "\n".join(inside)
    return f'<project xmlns="http://maven.apache.org/POM/4.0.0">{head}<artifactId>{artifact}</artifactId>\n{body}</project>'


def modules(*names: str) -> str:
    """A list of modules."""
    return "<modules>" + "".join(f"<module>{name}</module>" for name in names) + "</modules>"


def profile(inside: str) -> str:
    """A profile."""
    return f"<profiles><profile>{inside}</profile></profiles>"


def extension(artifact: str) -> str:
    """An extensions.xml."""
    return f"<extensions><extension><artifactId>{artifact}</artifactId></extension></extensions>"


def depends(artifact: str, *inside: str, group: str = "g") -> str:
    """A dependency."""
    body = "".join(inside)
    return (
        f"<dependencies><dependency><groupId>{group}</groupId><artifactId>{artifact}</artifactId>{body}"
        "</dependency></dependencies>"
    )


WRAPPER = {".mvn/wrapper/maven-wrapper.properties": "distributionUrl=x\n", "mvnw": "#!/bin/sh\n"}


@pytest.mark.parametrize(
    ("command", "cwd", "files", "expected"),
    [
        (OFFLINE, "/app", {"pom.xml": pom("a"), "src/A.java": ""}, ["pom.xml"]),
        ("mvn -B package -DskipTests", "/app", {"pom.xml": pom("a")}, ["pom.xml"]),
        ("mvn -f api package", "/app", {"api/pom.xml": pom("a"), "pom.xml": pom("p")}, ["api/pom.xml"]),
        (
            OFFLINE,
            "/app",
            {
                "pom.xml": pom("p", modules("a", "b/other.xml"), profile(modules("c", "d"))),
                "a/pom.xml": pom("a", modules("deep"), parent=""),
                "a/deep/pom.xml": pom("deep", parent="<relativePath>../../bom</relativePath>"),
                "b/other.xml": pom("b", parent=""),
                "c/pom.xml": pom("c"),
                "bom/pom.xml": pom("bom", modules("gone"), parent="<relativePath/>"),
            },
            ["a/deep/pom.xml", "a/pom.xml", "b/other.xml", "bom/pom.xml", "c/pom.xml", "pom.xml"],
        ),
        (
            OFFLINE,
            "/app/a",
            {"pom.xml": pom("p", modules("a", "b")), "a/pom.xml": pom("a", parent="")},
            ["a/pom.xml", "pom.xml"],
        ),
        (OFFLINE, "/app", {"pom.xml": pom("a", parent="")}, ["pom.xml"]),
        ("mvn -N install", "/app", {"pom.xml": pom("p", modules("gone"))}, ["pom.xml"]),
        (
            "./mvnw -s ci/settings.xml " + OFFLINE.split()[1],
            "/app",
            {
                **WRAPPER,
                "pom.xml": pom("a"),
                "ci/settings.xml": "<settings/>",
                ".mvn/maven.config": "-s\nmore.xml\n",
                "more.xml": "",
            },
            [".mvn/", "ci/settings.xml", "more.xml", "mvnw", "pom.xml"],
        ),
        ("mvn -s /usr/share/maven/ref/settings.xml package", "/app", {"pom.xml": pom("a")}, ["pom.xml"]),
        ("sh ../mvnw package", "/app/api", {**WRAPPER, "api/pom.xml": pom("a")}, [".mvn/", "api/pom.xml", "mvnw"]),
        (
            OFFLINE,
            "/app",
            {
                "pom.xml": pom(
                    "a",
                    depends("x", "<scope>system</scope><systemPath>${project.basedir}/lib/x.jar</systemPath>"),
                    "<repositories><repository><url>file://${basedir}/repo</url></repository></repositories>",
                    profile("<activation><file><exists>native.txt</exists></file></activation>"),
                ),
                "lib/x.jar": "",
                "repo/g/x.jar": "",
                "native.txt": "",
            },
            ["lib/x.jar", "native.txt?", "pom.xml", "repo/"],
        ),
        (
            OFFLINE,
            "/app",
            {
                "pom.xml": pom("a"),
                ".mvn/extensions.xml": extension("develocity-maven-extension"),
            },
            [".mvn/", "pom.xml"],
        ),
    ],
)
def test_what_is_read(command: str, cwd: str, files: dict[str, str | None], expected: list[str]) -> None:
    got = closure(command, files, cwd=cwd)
    assert not got.refusals
    assert paths(got) == expected


@pytest.mark.parametrize(
    ("command", "files", "gate", "said"),
    [
        (OFFLINE, {}, 4, "pom.xml is not in the build context"),
        (OFFLINE + " -f $POM", {"pom.xml": pom("a")}, 3, "cannot be known"),
        (OFFLINE, {"pom.xml": None}, 11, "symbolic link"),
        (OFFLINE, {"pom.xml": "<project>"}, 3, "pom.xml:1 cannot be read"),
        (OFFLINE, {"pom.xml": '<!DOCTYPE p [<!ENTITY a SYSTEM "file:///x">]><project>&a;</project>'}, 3, "entities"),
        (OFFLINE, {"pom.xml": pom("p", modules("a"))}, 4, "module in pom.xml:2"),
        (OFFLINE, {"pom.xml": pom("p", modules("${kind}"))}, 3, "by a property"),
        (OFFLINE, {"pom.xml": pom("a", parent="<relativePath>${up}</relativePath>")}, 3, "parent by a property"),
        (OFFLINE, {"pom.xml": pom("a", parent="<relativePath>pom.xml</relativePath>")}, 3, "do not end"),
        (OFFLINE, {"pom.xml": pom("a", depends("x", "<systemPath>${libs}/x.jar</systemPath>"))}, 3, "by a property"),
        (OFFLINE, {"pom.xml": pom("a", depends("x", "<systemPath>lib/x.jar</systemPath>"))}, 4, "lib/x.jar"),
        (OFFLINE, {"pom.xml": pom("a", "<b><artifactId>tycho-maven-plugin</artifactId></b>")}, 1, "Tycho"),
        ("./mvnw package", {"pom.xml": pom("a"), "mvnw": ""}, 4, "maven-wrapper.properties"),
        ("./mvnw package", {"pom.xml": pom("a")}, 4, "/app/mvnw"),
        (OFFLINE + " -s $S", {"pom.xml": pom("a")}, 6, "by a variable"),
        (OFFLINE + " -s ci.xml", {"pom.xml": pom("a")}, 4, "ci.xml"),
        (OFFLINE + " -s ci.xml", {"pom.xml": pom("a"), "ci.xml": "<url>file:///x</url>"}, 6, "local repository"),
        (OFFLINE, {"pom.xml": pom("a"), ".mvn/maven.config": "-f other.xml"}, 6, "another pom"),
        (
            OFFLINE,
            {"pom.xml": pom("a"), ".mvn/extensions.xml": extension("maven-git-versioning")},
            1,
            "maven-git-versioning",
        ),
    ],
)
def test_what_refuses(command: str, files: dict[str, str | None], gate: int, said: str) -> None:
    got = closure(command, files)
    assert gate in gates(got)
    assert any(said in r.reason for r in got.refusals), got.refusals


def test_copied_dependencies_lie_in_the_project() -> None:
    command = "mvn dependency:copy-dependencies"
    assert closure(command, {"pom.xml": pom("a")}).writes == ("/app/target",)
    assert closure(command + " -DoutputDirectory=lib", {"pom.xml": pom("a")}).writes == ("/app/lib",)


def test_no_project_downloads_nothing() -> None:
    assert closure("mvn package", {"src/A.java": ""}).idle == "no project"
