"""What Mix reads of a project."""

from __future__ import annotations

import pytest
from tests.unit.readers.project import closure, gates, paths

from copylast_rules.readers.mix_lock import satisfies

LOCK = (
    '%{\n  "jason": {:hex, :jason, "1.4.1", "af", [:mix], [], "hexpm", "fb"},\n'
    '  "own": {:git, "https://a.org", "1", []},\n}\n'
)


def _exs(deps: str, more: str = "") -> str:
    return f'defmodule A do\n  use Mix.Project\n  def project, do: [app: :a, {more} deps: [{deps}]]\nend\n'


JASON = _exs('{:jason, "~> 1.4"}, {:own, git: "https://a.org"}')


def test_fetching_does_without_configuration_and_compiling_does_not() -> None:
    files = {
        "mix.exs": JASON,
        "mix.lock": LOCK,
        "config/config.exs": 'import Config\nimport_config "#{Mix.env()}.exs"\nimport_config "common.exs"\n',
        "config/common.exs": "",
        "config/prod.exs": "",
        "config/test.exs": "",
        "config/runtime.exs": "",
    }
    got = closure("mix deps.get", files)
    assert paths(got) == ["mix.exs", "mix.lock"]
    assert (got.unsafe, got.writes) == ((), ("/app/_build", "/app/deps"))
    config = ["config/common.exs", "config/config.exs"]
    compiled = closure("mix deps.compile", files, environment={"MIX_ENV": "prod"})
    assert paths(compiled) == [*config, "config/prod.exs", "mix.exs", "mix.lock"]
    unknown = closure("mix deps.compile", {**files, "config/a.exs": ""}, environment={"MIX_ENV": None})
    assert {"config/prod.exs", "config/test.exs"} <= set(paths(unknown))


def test_a_configuration_that_is_not_there_refuses() -> None:
    files = {"mix.exs": JASON, "config/config.exs": 'import_config "#{config_env()}.exs"\n'}
    assert gates(closure("mix deps.compile", files, environment={"MIX_ENV": "prod"})) == [4]
    assert gates(closure("mix deps.get", files)) == []


def test_apps_of_an_umbrella_and_their_siblings() -> None:
    files = {
        "mix.exs": _exs("", 'apps_path: "apps",'),
        "apps/one/mix.exs": _exs('{:two, in_umbrella: true}, {:jason, "~> 1.4"}'),
        "apps/two/mix.exs": _exs(""),
    }
    assert paths(closure("mix deps.get", files)) == ["apps/one/mix.exs", "apps/two/mix.exs", "mix.exs"]


def test_an_app_says_where_lock_and_directories_are() -> None:
    more = 'lockfile: "../../mix.lock", deps_path: "../../deps", build_path: "../../_build",'
    files = {"mix.lock": LOCK, "apps/one/mix.exs": _exs('{:jason, "~> 1.4"}', more)}
    got = closure("mix deps.get", files, cwd="/app/apps/one")
    assert paths(got) == ["apps/one/mix.exs", "mix.lock"]
    assert got.writes == ("/app/_build", "/app/deps")


@pytest.mark.parametrize(
    ("line", "gate"),
    [
        ('System.cmd("git", ["describe"])', 3),
        (":os.cmd('git describe')", 3),
        ("`x`", 3),
        ('Code.eval_string(File.read!("a"))', 3),
        ('File.read!("absent")', 4),
        ('Path.wildcard("apps/*")', 3),
        ('Toml.load("a")', 3),
        ('"#{File.read!("VERSION")}"', 3),
    ],
)
def test_what_may_read_any_file_refuses(line: str, gate: int) -> None:
    files = {"mix.exs": JASON.replace("def project", f"def version, do: {line}\n  def project"), "VERSION": "1"}
    assert gate in gates(closure("mix deps.get", files))


@pytest.mark.parametrize("call", ['File.read!("VERSION")', 'File.read!(Path.join(__DIR__, "VERSION"))'])
def test_a_file_with_the_version_comes_along(call: str) -> None:
    manifest = JASON.replace("def project", f"@version {call} |> String.trim()\n  def project")
    got = closure("mix deps.get", {"mix.exs": manifest, "VERSION": "1"})
    assert (paths(got), gates(got)) == (["VERSION", "mix.exs"], [])


def test_a_task_of_dependencies_that_stands_for_others_refuses() -> None:
    assert gates(closure("mix deps.get", {"mix.exs": _exs('{:jason, "~> 1"}', 'aliases: ["deps.get": ["x"]],')})) == [3]


def test_the_lock_must_have_every_dependency_in_its_version() -> None:
    assert closure("mix deps.get", {"mix.exs": JASON, "mix.lock": "%{}"}).unsafe
    assert closure("mix deps.get", {"mix.exs": JASON.replace("1.4", "1.5"), "mix.lock": LOCK}).unsafe
    assert not closure("mix deps.get --check-locked", {"mix.exs": JASON, "mix.lock": "%{}"}).unsafe


@pytest.mark.parametrize(
    ("version", "requirement", "holds"),
    [
        ("1.4.1", "~> 1.4", True),
        ("2.0.0", "~> 1.4", False),
        ("1.4.1", "~> 1.4.0", True),
        ("1.5.0", "~> 1.4.0", False),
        ("1.4.1", ">= 1.0.0 and < 1.4.0", False),
        ("1.4.1", "~> 0.9 or ~> 1.1", True),
        ("1.4.1", "1.4.1", True),
        ("1.4.1-rc.0", "~> 1.4", False),
        ("1.4.1", "anything", False),
    ],
)
def test_requirements(version: str, requirement: str, holds: bool) -> None:
    assert satisfies(version, requirement) is holds


def test_only_projects_of_its_own_leave_nothing_to_fetch() -> None:
    files = {"mix.exs": _exs('{:b, path: "b"}'), "b/mix.exs": _exs("")}
    assert closure("mix deps.get", files).idle == "no dependencies"
