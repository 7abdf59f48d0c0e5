"""What Composer reads of a project."""

from __future__ import annotations

import json

from tests.unit.readers.project import closure, gates, paths

INSTALL = "composer install --no-scripts --no-autoloader"
REQUIRE = {"require": {"php": ">=8", "acme/lib": "*"}}


def _project(manifest: dict[str, object], **files: str | None) -> dict[str, str | None]:
    return {"composer.json": json.dumps({**REQUIRE, **manifest}), **files}


def test_manifest_lock_and_what_plugins_look_for() -> None:
    files = {"composer.lock": "{}", "auth.json": "{}", "symfony.lock": "{}", "src/a.php": ""}
    got = closure(INSTALL, _project({}, **files))
    assert paths(got) == ["auth.json?", "composer.json", "composer.lock", "symfony.lock?"]
    assert got.writes == ("/app/vendor",)


def test_another_manifest_by_a_variable() -> None:
    got = closure(INSTALL, {"ci.json": json.dumps(REQUIRE), "ci.lock": "{}"}, environment={"COMPOSER": "ci.json"})
    assert paths(got) == ["ci.json", "ci.lock"]
    assert gates(closure(INSTALL, {}, environment={"COMPOSER": None})) == [7]


def test_a_linked_package_needs_its_manifest_and_a_copied_one_all_of_it() -> None:
    repositories = [{"type": "path", "url": "packages/*"}]
    files = _project({"repositories": repositories}, **{"packages/a/composer.json": "{}", "packages/a/a.php": ""})
    assert paths(closure(INSTALL, files)) == ["composer.json", "packages/a/composer.json"]
    mirrored = closure(INSTALL, files, environment={"COMPOSER_MIRROR_PATH_REPOS": "1"})
    assert paths(mirrored) == ["composer.json", "packages/a/"]


def test_a_package_outside_the_context_refuses() -> None:
    repositories = {"lib": {"type": "path", "url": "../lib"}}
    assert gates(closure(INSTALL, _project({"repositories": repositories}))) == [4]


def test_a_repository_on_disk_refuses() -> None:
    assert gates(closure(INSTALL, _project({"repositories": [{"type": "vcs", "url": "./fork"}]}))) == [3]
    assert gates(closure(INSTALL, _project({"repositories": [{"type": "vcs", "url": "git@a.org:a/b.git"}]}))) == []
    assert gates(closure(INSTALL, _project({"repositories": [{"type": "composer", "url": "example.org"}]}))) == []


def test_patches_and_merged_manifests_come_along() -> None:
    extra = {
        "patches": {"a/b": {"why": "patches/a.patch", "far": "https://example.org/b.patch"}},
        "merge-plugin": {"include": ["modules/*/composer.json"]},
    }
    got = closure(INSTALL, _project({"extra": extra}, **{"patches/a.patch": "", "modules/m/composer.json": "{}"}))
    assert paths(got) == ["composer.json", "modules/m/composer.json", "patches/a.patch"]
    assert gates(closure(INSTALL, _project({"extra": extra}))) == [4]


def test_packages_among_the_source_are_said_to_be_written() -> None:
    extra = {"installer-paths": {"web/core": ["type:drupal-core"], "web/modules/{$name}": ["type:drupal-module"]}}
    got = closure(INSTALL, _project({"config": {"vendor-dir": "lib/vendor"}, "extra": extra}))
    assert got.writes == ("/app/lib/vendor", "/app/web/core", "/app/web/modules")


def test_a_plugin_that_nobody_knows_makes_the_fix_unsafe() -> None:
    lock = json.dumps({"packages": [{"name": "a/plugin", "type": "composer-plugin"}]})
    assert closure(INSTALL, _project({}, **{"composer.lock": lock})).unsafe
    assert not closure(f"{INSTALL} --no-plugins", _project({}, **{"composer.lock": lock})).unsafe
    assert closure(INSTALL, _project({"config": {"allow-plugins": {"a/b": True}}})).unsafe
    assert not closure(INSTALL, _project({"config": {"allow-plugins": {"composer/installers": True}}})).unsafe


def test_php_alone_leaves_nothing_to_install() -> None:
    manifest = json.dumps({"require": {"php": "*"}, "require-dev": {"a/b": "*"}})
    got = closure("composer install --no-dev", {"composer.json": manifest})
    assert got.idle == "no dependencies"


def test_a_manifest_that_is_no_json_refuses() -> None:
    assert gates(closure(INSTALL, {"composer.json": "{"})) == [3]
    assert gates(closure(INSTALL, {"composer.json": "[" * 100_000})) == [3]
