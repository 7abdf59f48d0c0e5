"""Managers whose descriptor lists all that they read."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from tests.unit.readers.project import MemoryFiles

from copylast.ecosystem.listed import read
from copylast.ecosystem.load import load
from copylast.ecosystem.matching import match
from copylast.ecosystem.readers import Closure, InstallRequest
from copylast.ecosystem.table import DescriptorError

TEXT = """
id = "own"
title = "Own"
language = "own"
manifests = ["own.list", "*.own"]
lockfiles = ["own.lock"]
settings = ["own.conf", "conf/own.conf"]
dependency-dirs = ["own_packages"]

[[match]]
program = "own"
subcommands = ["install"]
values = ["--with"]
kinds = [{ kind = "deps" }]

[listed]
local = ['^path ']
opaque = ["own.program"]
frozen = ["--frozen"]
"""


def _closure(command: str, files: Mapping[str, str | None], text: str = TEXT) -> Closure:
    ecosystem = load(text, "own.toml")
    found = match(ecosystem, ecosystem.matchers[0], command.split())
    assert found is not None
    return read(InstallRequest(found, "/app", MemoryFiles(files), {}))


def _paths(got: Closure) -> list[str]:
    return [need.path.removeprefix("/app/") + ("" if need.required else "?") for need in got.needs]


FILES: dict[str, str | None] = {
    **{"own.list": "a\n", "own.lock": "", "own.conf": "", "conf/own.conf": ""},
    **{"main": "", "conf/x": ""},
}


def test_manifests_locks_and_settings_of_the_directory() -> None:
    got = _closure("own install --frozen", FILES)
    assert _paths(got) == ["conf/own.conf?", "own.conf?", "own.list", "own.lock"]
    assert (got.refusals, got.unsafe, got.writes) == ((), (), ("/app/own_packages",))


def test_a_lock_that_may_be_written_makes_the_fix_unsafe() -> None:
    assert len(_closure("own install", FILES).unsafe) == 1
    assert _closure("own install", {"own.list": ""}).unsafe == ()
    assert _closure("own install", FILES, TEXT + "keeps-lock = true\n").unsafe == ()


def test_what_the_command_names_comes_along() -> None:
    got = _closure("own install --with more/extra.txt sub", {"sub/a.own": "", "more/extra.txt": "", "own.list": ""})
    assert _paths(got) == ["more/extra.txt", "sub/a.own"]


def test_no_manifest_is_no_project() -> None:
    got = _closure("own install", {"main": ""})
    assert (got.idle, [r.gate for r in got.refusals]) == ("no manifest", [4])


@pytest.mark.parametrize(
    ("files", "gate"),
    [
        ({"own.list": "a\npath ../b\n"}, 3),
        ({"own.list": "", "own.program": ""}, 3),
        ({"own.list": None}, 11),
        ({"own.list": "", "own.conf": None}, 11),
    ],
    ids=["local", "program", "link", "linked settings"],
)
def test_refusals(files: dict[str, str | None], gate: int) -> None:
    assert {r.gate for r in _closure("own install", files).refusals} == {gate}


def test_the_line_that_names_other_files_is_told() -> None:
    (refusal,) = _closure("own install", {"own.list": "a\npath ../b\n"}).refusals
    assert (refusal.reason, refusal.line) == ("/app/own.list:2 may name other files of the project", 2)


def test_a_doubt_is_told() -> None:
    assert _closure("own install", {"own.list": ""}, TEXT + 'doubt = "nobody tried"\n').unsafe == ("nobody tried",)


def test_what_is_there_may_change_what_the_install_does() -> None:
    text = TEXT + 'unsure = ["own_presets*"]\n'
    assert _closure("own install", {"own.list": ""}, text).unsafe == ()
    for there in ("own_presets.json", "own_presets/a/b"):
        (doubt,) = _closure("own install", {"own.list": "", there: ""}, text).unsafe
        assert doubt == f"what Own does depends on whether {there.split('/')[0]} is there"


def test_listed_does_not_go_with_a_reader() -> None:
    with pytest.raises(DescriptorError, match="does not go with a reader"):
        load('reader = "a.b:c"\n' + TEXT, "own.toml")
