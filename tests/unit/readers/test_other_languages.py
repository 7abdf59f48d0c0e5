"""What Cabal, Stack, Dart's pub and Swift read of a project."""

from __future__ import annotations

import json

import pytest
from tests.unit.readers.project import closure, gates, paths

CABAL = "name: a\nbuild-type: Simple\n"
SWIFT = "let package = Package(name: \"a\", dependencies: [{}])\n"
VAPOR = '.package(url: "https://example.org/vapor.git", from: "4.2.0")'


def test_packages_of_a_cabal_project_in_all_their_forms() -> None:
    files = {
        "cabal.project": "packages: app/\n  libs/*/*.cabal\n  -- old/\n\nimport: more.project\ntests: True\n",
        "more.project": "optional-packages:\n  tool/tool.cabal\n",
        "cabal.project.local": "",
        "app/app.cabal": CABAL,
        "libs/b/b.cabal": CABAL,
        "libs/b/B.hs": "",
        "tool/tool.cabal": CABAL,
    }
    got = closure("cabal build --only-dependencies", files)
    project = ["app/app.cabal", "cabal.project", "cabal.project.local", "libs/b/b.cabal"]
    assert (paths(got), gates(got)) == ([*project, "more.project", "tool/tool.cabal"], [])


def test_a_package_of_a_cabal_project_that_is_not_there_refuses() -> None:
    assert gates(closure("cabal build --only-dependencies", {"cabal.project": "packages: ../b\n"})) == [4]
    assert closure("cabal build", {"Main.hs": ""}).idle == "no package"


def test_stack_needs_packages_and_what_lies_beside_them() -> None:
    yaml = "resolver: lts-22.0\npackages:\n- a\nextra-deps:\n- acme-0.3\n- ./vendor/b\n"
    files = {"stack.yaml": yaml, "stack.yaml.lock": "", "a/a.cabal": CABAL, "a/package.yaml": "", "vendor/b/B.hs": ""}
    got = closure("stack build --only-dependencies", files)
    assert paths(got) == ["a/a.cabal", "a/package.yaml", "stack.yaml", "stack.yaml.lock", "vendor/b/"]
    assert gates(got) == []
    assert gates(closure("stack build", {"stack.yaml": "packages: [a]\n"})) == [4]
    assert gates(closure("stack build", {"stack.yaml": "packages: &x [a]\n"})) == [3]


def test_pub_follows_paths_workspaces_and_overrides() -> None:
    files = {
        "pubspec.yaml": "name: a\nworkspace:\n  - apps/b\ndependencies:\n  c:\n    path: libs/c\n  args: any\n",
        "pubspec_overrides.yaml": "dependency_overrides:\n  d:\n    path: libs/d\n",
        "apps/b/pubspec.yaml": "name: b\nresolution: workspace\n",
        "libs/c/pubspec.yaml": "name: c\n",
        "libs/d/pubspec.yaml": "name: d\n",
    }
    needed = [f"{d}/pubspec.yaml" for d in ("apps/b", "libs/c", "libs/d")] + ["pubspec.yaml", "pubspec_overrides.yaml"]
    assert paths(closure("dart pub get", files)) == needed
    assert paths(closure("dart pub get", files, cwd="/app/apps/b")) == needed


@pytest.mark.parametrize(
    ("asked", "version", "in_sync"),
    [
        ("^2.4.0", "2.4.2", True),
        ("^2.5.0", "2.4.2", False),
        ("^0.4.0", "0.5.0", False),
        ("'>=1.0.0 <3.0.0'", "2.4.2", True),
    ],
)
def test_the_lock_of_pub_must_have_what_is_asked_for(asked: str, version: str, in_sync: bool) -> None:
    files = {
        "pubspec.yaml": f"name: a\ndependencies:\n  args: {asked}\n",
        "pubspec.lock": f'packages:\n  args:\n    version: "{version}"\n',
    }
    assert (closure("dart pub get", files).unsafe == ()) is in_sync
    assert closure("dart pub get --enforce-lockfile", files).unsafe == ()
    assert closure("dart pub upgrade", files).unsafe


def test_swift_packages_by_path_are_followed() -> None:
    files = {
        "Package.swift": SWIFT.format('.package(path: "Libs/B"), ' + VAPOR),
        "Package@swift-5.5.swift": SWIFT.format(""),
        "Libs/B/Package.swift": SWIFT.format('.package(name: "C", path: "../C")'),
        "Libs/C/Package.swift": SWIFT.format(""),
        ".swift-version": "5.9",
    }
    assert paths(closure("swift package resolve", files)) == [
        ".swift-version?",
        "Libs/B/Package.swift",
        "Libs/C/Package.swift",
        "Package.swift",
        "Package@swift-5.5.swift",
    ]


@pytest.mark.parametrize(
    ("line", "gate"),
    [
        ('let a = try String(contentsOfFile: "a")', 3),
        ("let here = #filePath", 3),
        ('import Foundation\nlet p = Process()', 3),
        ('let b = "unfinished', 3),
        ("/* /* */", 3),
    ],
)
def test_a_swift_manifest_that_may_read_files_refuses(line: str, gate: int) -> None:
    assert gates(closure("swift build", {"Package.swift": f"{line}\n" + SWIFT.format(VAPOR)})) == [gate]


def test_a_swift_package_by_a_value_or_outside_refuses() -> None:
    assert gates(closure("swift build", {"Package.swift": SWIFT.format(".package(url: base, from: \"1.0.0\")")})) == [3]
    assert gates(closure("swift build", {"Package.swift": SWIFT.format('.package(path: "../B")')})) == [4]


def test_the_lock_of_swift_must_have_what_is_asked_for() -> None:
    pin = {"location": "https://example.org/vapor", "state": {"version": "4.9.1"}}
    files = {"Package.swift": SWIFT.format(VAPOR), "Package.resolved": json.dumps({"version": 2, "pins": [pin]})}
    assert closure("swift build", files).unsafe == ()
    newer = {**files, "Package.resolved": json.dumps({"version": 3, "originHash": "a", "pins": [pin]})}
    assert closure("swift build", newer).unsafe
    assert not closure("swift build --force-resolved-versions", newer).unsafe
    assert closure("swift package update", files).unsafe
