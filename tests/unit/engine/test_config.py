"""Configuration: which file counts, what it may say, and how an error points at its place."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.conftest import Project

from copylast.engine.config import Configs, project_of, read_config
from copylast.engine.error import ConfigError
from copylast.engine.layer import from_assignment, from_environment
from copylast.engine.settings import Settings
from copylast.engine.stack import SettingsStack


def settings(folder: str = ".") -> Settings:
    return Settings(Configs().nearest(folder))


def error(text: str, name: str = "copylast.toml") -> str:
    Path(name).write_text(text)
    with pytest.raises(ConfigError) as caught:
        read_config(name)
    return str(caught.value)


def test_first_name_wins_and_nothing_is_merged(project: Project) -> None:
    project(
        {
            "setup.cfg": "[copylast]\nfail-level = none\n",
            "pyproject.toml": '[tool.copylast]\nfail-level = "info"\nignore = ["CPL101"]\n',
        }
    )
    assert settings().fail_level == "info"
    Path("copylast.toml").write_text('fail-level = "error"\n')
    assert settings().fail_level == "error"
    assert settings().ignore == ()
    Path(".copylast.toml").write_text('ignore = ["CPL103"]\n')
    assert (settings().fail_level, settings().ignore) == ("warning", ("CPL103",))


def test_setup_cfg_says_the_same_in_its_way(project: Project) -> None:
    project(
        {
            "setup.cfg": "[copylast]\nselect = CPL101, CPL9\nunsafe-fixes = yes\n"
            "[copylast:per-file-ignores]\n*.dev = CPL101\n[copylast:build-args]\nVersion = 3\n"
        }
    )
    found = settings()
    assert found.select == ("CPL101", "CPL9")
    assert found.unsafe_fixes
    assert found.build_args == {"Version": "3"}
    assert [entry[1:] for entry in found.by_glob("per-file-ignores")] == [("*.dev", ("CPL101",))]


def test_files_of_others_are_left_alone(project: Project) -> None:
    project({"pyproject.toml": "[tool.black]\nthis is = not TOML\n", "setup.cfg": "[metadata]\nname = x\n"})
    assert Configs().nearest(".") == ()


def test_nearest_wins_and_the_search_ends_at_the_top(project: Project) -> None:
    top = project({"copylast.toml": 'fail-level = "info"\n', "a/b/Dockerfile": "", "a/copylast.toml": ""})
    assert settings("a/b").fail_level == "warning"
    assert settings(".").fail_level == "info"
    (top.parent / "copylast.toml").write_text("nonsense = 1\n")
    assert settings(".").fail_level == "info"
    (top / "copylast.toml").unlink()
    assert settings(".").all["fail-level"].layers == ()
    assert project_of("a/b") == str(top)


def test_extends_is_what_counts_where_the_file_says_nothing(project: Project) -> None:
    project(
        {
            "base/copylast.toml": 'fail-level = "error"\nignore = ["CPL101"]\n[per-file-ignores]\n"*.x" = ["ALL"]\n',
            "copylast.toml": 'extends = "base/copylast.toml"\nignore = ["CPL103"]\n',
        }
    )
    found = settings()
    assert found.fail_level == "error"
    assert found.ignore == ("CPL101", "CPL103")
    assert [base for base, _, _ in found.by_glob("per-file-ignores")] == [os.path.abspath("base")]


def test_extends_in_a_circle(project: Project) -> None:
    project({"a.toml": 'extends = "b.toml"\n', "b.toml": '# b\nextends = "a.toml"\n'})
    with pytest.raises(ConfigError, match='b.toml:2:1: "a.toml" leads back to this file'):
        read_config("a.toml")


def test_unknown_key_has_place_caret_and_guess(project: Project) -> None:
    project({})
    assert error('fail-level = "info"\n  selct = ["CPL101"]\n') == (
        'copylast.toml:2:3: unknown key "selct"; did you mean "select"?\n'
        "  |\n2 |   selct = [\"CPL101\"]\n  |   ^^^^^"
    )


def test_underscores_are_understood_as_a_slip(project: Project) -> None:
    project({})
    assert 'did you mean "fail-level"?' in error('fail_level = "info"\n')


def test_bad_values_have_a_place(project: Project) -> None:
    project({})
    assert error('fail-level = "warn"\n').startswith('copylast.toml:1:15: "warn" is not one of error, warning,')
    assert error("\nselect = 3\n").startswith('copylast.toml:2:1: "select" must be a list of strings')
    assert error("unsafe-fixes = 1\n").startswith('copylast.toml:1:1: "unsafe-fixes" must be true or false')
    assert error("[build-args]\nA = 1\n").startswith('copylast.toml:2:1: "A" must be a string')
    assert error('[tool.copylast]\nx = 1\n', "pyproject.toml").startswith('pyproject.toml:2:1: unknown key "x"')


def test_broken_toml_has_a_place(project: Project) -> None:
    project({})
    text = error("select = [\n")
    assert text.startswith("copylast.toml") and "is not TOML" in text
    assert error('a = "x" y\n').startswith("copylast.toml:1:9: is not TOML")


def test_environment() -> None:
    layer = from_environment({"COPYLAST_SELECT": "CPL101,CPL103", "COPYLAST_UNSAFE_FIXES": "1", "PATH": "x"})
    assert layer is not None
    assert dict(layer.values) == {"select": ("CPL101", "CPL103"), "unsafe-fixes": True}
    with pytest.raises(ConfigError, match="COPYLAST_SELCT: unknown environment variable; did you mean"):
        from_environment({"COPYLAST_SELCT": "x"})
    with pytest.raises(ConfigError, match='COPYLAST_FAIL_LEVEL: "x" is not one of'):
        from_environment({"COPYLAST_FAIL_LEVEL": "x"})


def test_assignment() -> None:
    assert from_assignment('select=["CPL101"]').values == {"select": ("CPL101",)}
    assert from_assignment("select=CPL101,CPL103").values == {"select": ("CPL101", "CPL103")}
    assert from_assignment("rules.toy.limit=3").values == {"rules": {"toy": {"limit": 3}}}
    with pytest.raises(ConfigError, match="--config fail-level"):
        from_assignment("fail-level=x")


def test_command_line_over_environment_over_file(project: Project) -> None:
    project({"copylast.toml": 'fail-level = "error"\nformat = "json"\nignore = ["CPL101"]\n'})
    stack = SettingsStack(from_assignment('select=["CPL101"]'), (), False, {"COPYLAST_FAIL_LEVEL": "info"})
    found = stack.settings(".")
    assert (found.fail_level, found.format) == ("info", "json")
    assert found.ignore == (), "who selects anew is not bound by what the file ignored"
    assert SettingsStack(isolated=True).settings(".").format == "full"


def test_a_told_file_replaces_the_one_that_would_be_found(project: Project) -> None:
    project({"copylast.toml": 'format = "json"\n', "other.toml": 'fail-level = "none"\n'})
    found = SettingsStack(config=("other.toml",)).settings(".")
    assert (found.format, found.fail_level) == ("full", "none")
    with pytest.raises(ConfigError, match="isolated"):
        SettingsStack(config=("other.toml",), isolated=True)
    with pytest.raises(ConfigError, match="no such file"):
        SettingsStack(config=("gone.toml",))
