"""Composer, run for real on packages in the project's own directories: what the fix makes is what was made before."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.installs.harness import both, contents, events, tool

pytestmark = pytest.mark.installs
ENVIRONMENT = {"COMPOSER_ALLOW_SUPERUSER": "1", "COMPOSER_DISABLE_NETWORK": "1", "COMPOSER_NO_INTERACTION": "1"}
Json = dict[str, object]


@pytest.fixture(autouse=True)
def composer() -> None:
    tool("composer", "composer")


def _project(folder: Path, install: str, copied: bool = False, **more: object) -> Mapping[str, str]:
    """A project with one package of its own, and the lock that Composer itself makes for it."""
    repository: Json = {"type": "path", "url": "packages/*", "options": {"symlink": not copied}}
    manifest: Json = {
        "name": "acme/shop",
        "require": {"acme/lib": "*"},
        "autoload": {"psr-4": {"Acme\\Shop\\": "src/"}, "classmap": ["legacy"], "files": ["src/functions.php"]},
        "repositories": [{"packagist.org": False}, repository],
        "config": {"autoloader-suffix": "Shop"},
        **more,
    }
    lib: Json = {"name": "acme/lib", "version": "1.0.0", "autoload": {"psr-4": {"Acme\\Lib\\": "src/"}}}
    files = {
        "composer.json": json.dumps(manifest),
        "packages/lib/composer.json": json.dumps(lib),
        "packages/lib/src/Lib.php": "<?php namespace Acme\\Lib; class Lib {}",
        "src/Shop.php": "<?php namespace Acme\\Shop; class Shop {}",
        "src/functions.php": "<?php function shop() { return 'ok'; }",
        "legacy/Old.php": "<?php class Old {}",
        "say.php": "<?php require 'vendor/autoload.php'; new Acme\\Lib\\Lib; new Acme\\Shop\\Shop; new Old;"
        " echo 'ran: ' . ($argv[1] ?? '') . \"\\n\";",
        ".dockerignore": "vendor\n",
        "Dockerfile": f"FROM php:8\nWORKDIR /app\nCOPY . .\nRUN {install}\nRUN php say.php end\n",
    }
    lock = folder / "lock"
    for path, text in files.items():
        (lock / path).parent.mkdir(parents=True, exist_ok=True)
        (lock / path).write_text(text)
    command = ["composer", "update", "--no-install", "--no-scripts", "-q"]
    subprocess.run(command, cwd=lock, env={**ENVIRONMENT, "PATH": "/usr/bin:/bin", "HOME": str(folder)}, check=True)
    return {**files, "composer.lock": (lock / "composer.lock").read_text()}


@pytest.mark.parametrize("copied", [False, True], ids=["linked", "copied"])
@pytest.mark.parametrize("flags", ["", " --no-dev -o", " --classmap-authoritative"])
def test_the_packages_and_the_autoloader_are_the_same(tmp_path: Path, copied: bool, flags: str) -> None:
    runs = both(_project(tmp_path, f"composer install{flags}", copied), tmp_path / "run", ENVIRONMENT)
    assert "--no-scripts --no-autoloader" in runs.fixed
    assert contents(runs.after) == contents(runs.before)
    assert events(runs.said_after) == ["ran: end"]


def test_the_scripts_run_as_often_as_before(tmp_path: Path) -> None:
    scripts = {
        event: f"@php say.php {event}" if event.startswith("post") else f"echo ran: {event}"
        for event in ("pre-install-cmd", "post-install-cmd", "pre-autoload-dump", "post-autoload-dump")
    }
    files = _project(tmp_path, "composer install", scripts=scripts)
    runs = both(files, tmp_path / "run", ENVIRONMENT, unsafe=True)
    assert events(runs.said_after) == events(runs.said_before)
    assert len(events(runs.said_after)) == 5
    assert contents(runs.after) == contents(runs.before)
