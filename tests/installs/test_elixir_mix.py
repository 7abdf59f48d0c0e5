"""Mix, run for real on a dependency in a local git repository: what the fix copies is enough, and nothing gets lost."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.installs.harness import both, contents, tool

pytestmark = pytest.mark.installs
ENVIRONMENT = {"LANG": "C.UTF-8", "MIX_ENV": "prod"}


@pytest.fixture(autouse=True)
def mix() -> None:
    tool("mix", "elixir")
    tool("git", "git")


def _run(place: Path, *command: str) -> None:
    environment = {"PATH": os.environ["PATH"], "HOME": str(place), "GIT_CONFIG_GLOBAL": "/dev/null", **ENVIRONMENT}
    subprocess.run(command, cwd=place, env=environment, check=True, capture_output=True, timeout=120)


def _exs(name: str, deps: str = "", more: str = "") -> str:
    project = f'[app: :{name}, version: "0.1.0", {more} deps: [{deps}]]'
    return f"defmodule {name.title()}.MixProject do\n  use Mix.Project\n  def project, do: {project}\nend\n"


def _write(place: Path, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        (place / path).write_text(text)


def _project(folder: Path, steps: str, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """A project, with the lock that Mix makes for it."""
    remote = folder / "remote"
    lib = "defmodule Hands do\n  @zone Application.compile_env(:hands, :zone)\n  def zone, do: @zone\nend\n"
    _write(remote, {"mix.exs": _exs("hands"), "lib/hands.ex": lib})
    _run(remote, "git", "init", "-q", "-b", "main")
    _run(remote, "git", "add", ".")
    _run(remote, "git", "-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-q", "-m", "a")
    files = {
        "mix.exs": _exs("clock", f'{{:hands, git: "{remote}"}}, {{:wheel, path: "libs/wheel"}}'),
        "libs/wheel/mix.exs": _exs("wheel"),
        "libs/wheel/lib/wheel.ex": "defmodule Wheel do\n  def turn, do: 1\nend\n",
        "lib/clock.ex": "defmodule Clock do\n  def say, do: IO.puts(Hands.zone() <> to_string(Wheel.turn()))\nend\n",
        "config/config.exs": 'import Config\nimport_config "#{config_env()}.exs"\n',
        "config/prod.exs": 'import Config\nconfig :hands, zone: "UTC"\n',
        "config/dev.exs": "import Config\n",
        ".dockerignore": "**/deps\n**/_build\n",
        "Dockerfile": f"FROM elixir:1.14\nENV MIX_ENV=prod\nWORKDIR /app\nCOPY . .\n{steps}",
        **(more or {}),
    }
    _write(folder / "lock", files)
    _run(folder / "lock", "mix", "deps.get")
    return {**files, "mix.lock": (folder / "lock/mix.lock").read_text()}


def _same(files: Mapping[str, str], folder: Path, seen: str) -> None:
    runs = both(files, folder, ENVIRONMENT)
    assert seen in runs.fixed
    assert runs.fixed.index("COPY . .") > runs.fixed.index("deps.compile")
    assert runs.said_after.splitlines()[-1] == runs.said_before.splitlines()[-1] == "UTC1"
    compiled = [set(contents(place / "_build")) for place in (runs.before, runs.after)]
    assert compiled[0] == compiled[1]
    assert contents(runs.after / "deps", _git) == contents(runs.before / "deps", _git)


def _git(path: str) -> bool:
    return "/.git/" in path


def test_fetching_and_compiling(tmp_path: Path) -> None:
    steps = "RUN mix deps.get\nRUN mix deps.compile\nRUN mix compile && mix run -e 'Clock.say()'\n"
    _same(_project(tmp_path, steps), tmp_path / "run", "COPY config/config.exs config/prod.exs config/\n")


def test_one_command_for_all(tmp_path: Path) -> None:
    steps = "RUN mix do deps.get, compile\nRUN mix run -e 'Clock.say()'\n"
    _same(_project(tmp_path, steps), tmp_path / "run", "RUN mix do deps.get, deps.compile\nCOPY . .\n")
