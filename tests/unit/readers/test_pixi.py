"""pixi and Hatch: what is read, what refuses."""

from __future__ import annotations

import pytest
from tests.unit.readers.project import closure, gates, paths

INSTALL = "pixi install --locked"
PIXI = '[workspace]\nchannels = ["conda-forge"]\nplatforms = ["linux-64"]\n[dependencies]\npython = "3.12.*"\n'
FILES: dict[str, str | None] = {"pixi.toml": PIXI, "pixi.lock": "version: 6\n"}


def test_manifest_lock_and_settings() -> None:
    got = closure(INSTALL, {**FILES, ".pixi/config.toml": ""})
    assert paths(got) == [".pixi/config.toml?", "pixi.lock", "pixi.toml"]
    assert not got.refusals and not got.unsafe and got.writes == ("/app/.pixi",)


def test_a_pyproject_that_speaks_of_pixi() -> None:
    text = '[project]\nname = "a"\ndependencies = ["lib @ file:libs/lib"]\n[tool.pixi.workspace]\nchannels = []\n'
    files: dict[str, str | None] = {"pyproject.toml": text, "pixi.lock": "", "libs/lib/setup.py": ""}
    assert paths(closure(INSTALL, files)) == ["libs/lib/", "pixi.lock", "pyproject.toml"]


def test_packages_of_features_and_platforms() -> None:
    text = PIXI + '[feature.x.target.linux-64.pypi-dependencies]\nlib = { path = "./libs/lib", editable = true }\n'
    got = closure(INSTALL, {**FILES, "pixi.toml": text, "libs/lib/pyproject.toml": ""})
    assert paths(got) == ["libs/lib/", "pixi.lock", "pixi.toml"]


def test_the_manifest_that_is_named() -> None:
    files = {f"conf/{path}": text for path, text in FILES.items()}
    got = closure(f"{INSTALL} --manifest-path conf/pixi.toml", files)
    assert paths(got) == ["conf/pixi.lock", "conf/pixi.toml"]


@pytest.mark.parametrize("environment", [{"PIXI_LOCKED": "true"}, {"PIXI_FROZEN": "1"}])
def test_a_lock_that_is_kept(environment: dict[str, str | None]) -> None:
    assert not closure("pixi install", FILES, environment=environment).unsafe


def test_a_lock_that_may_be_written_is_unsafe() -> None:
    got = closure("pixi install", FILES)
    assert got.unsafe and "/app/pixi.lock" in got.writes


SELF = PIXI + '[pypi-dependencies]\napp = { path = ".", editable = true }\n'


def test_the_project_itself_may_be_left_out() -> None:
    assert gates(closure(INSTALL, {**FILES, "pixi.toml": SELF})) == [5]
    assert not closure(f"{INSTALL} --skip app", {**FILES, "pixi.toml": SELF}).refusals


@pytest.mark.parametrize(
    ("files", "gate"),
    [
        ({}, 4),
        ({"pixi.toml": PIXI}, 4),
        ({**FILES, "pixi.toml": "[workspace"}, 3),
        ({**FILES, "pixi.toml": PIXI.replace("conda-forge", "./channel")}, 3),
        ({**FILES, "pixi.toml": PIXI + '[pypi-dependencies]\nlib = { path = "lib" }\n'}, 4),
    ],
    ids=["no manifest", "no lock", "malformed", "local channel", "absent package"],
)
def test_refuses(files: dict[str, str | None], gate: int) -> None:
    assert gates(closure(INSTALL, files)) == [gate]


@pytest.mark.parametrize(
    ("text", "idle"),
    [
        ('[project]\ndependencies = ["six"]\n', False),
        ("[project]\ndependencies = []\n", True),
        ('[project]\ndependencies = ["six"]\n[tool.hatch.envs.default]\nskip-install = true\n', True),
    ],
)
def test_hatch_installs_the_project_with_its_dependencies(text: str, idle: bool) -> None:
    got = closure("hatch env create", {"pyproject.toml": text})
    assert gates(got) == [5] and bool(got.idle) == idle
