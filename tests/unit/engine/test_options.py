"""Options of rules: from tables to frozen dataclasses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import pytest
from tests.conftest import ROOT, Project

from copylast.engine.error import ConfigError
from copylast.engine.layer import from_assignment
from copylast.engine.options import OptionError, options_of
from copylast.engine.stack import SettingsStack
from copylast.engine.workbench import Toolbox, Workbench

TOYS = str(ROOT / "tests" / "toys.py")


@dataclass(frozen=True)
class Options:
    some_text: str = ""
    flag: bool = False
    number: int = 1
    share: float = 0.5
    mode: Literal["a", "b"] = "a"
    names: tuple[str, ...] = ()
    maybe: int | None = None

    def __post_init__(self) -> None:
        if self.number < 0:
            raise ValueError('"number" must not be negative')


def test_every_type() -> None:
    given = {"some-text": "x", "flag": True, "number": 2, "share": 1, "mode": "b", "names": ["y"], "maybe": 3}
    assert options_of(Options, given) == Options("x", True, 2, 1.0, "b", ("y",), 3)
    written = {"flag": "true", "number": "2", "share": "0.1", "names": "a, b"}
    assert options_of(Options, written) == Options("", True, 2, 0.1, "a", ("a", "b"))
    assert options_of(Options, {}) == Options()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"numbr": 1}, 'unknown option "numbr"; did you mean "number"'),
        ({"number": "x"}, '"number" must be a whole number'),
        ({"number": True}, '"number" must be a whole number'),
        ({"number": 1.5}, '"number" must be a whole number'),
        ({"number": -1}, '"number" must not be negative'),
        ({"mode": "c"}, '"mode" must be one of a, b'),
        ({"names": 3}, '"names" must be a list'),
        ({"names": [3]}, '"names" must be a string'),
        ({"flag": 1}, '"flag" must be true or false'),
        ({"some-text": 1}, '"some-text" must be a string'),
    ],
)
def test_what_does_not_fit(given: dict[str, Any], words: str) -> None:
    with pytest.raises(OptionError) as caught:
        options_of(Options, given)
    assert words in str(caught.value)


def bench(text: str) -> Workbench:
    with open("copylast.toml", "w", encoding="utf-8") as stream:
        stream.write(f"local-plugins = ['{TOYS}']\n" + text)
    settings = SettingsStack().settings(".")
    return Workbench(settings, Toolbox().tools(settings))


def test_an_error_has_its_place(project: Project) -> None:
    project({})
    for text, words in (
        ("[plugins.toys.toy-word]\nlimt = 3\n", 'copylast.toml:3:1: unknown option "limt"; did you mean "limit"?'),
        ("[plugins.toys.toy-wrd]\n", 'has no rule "toy-wrd"; did you mean "toy-word"?'),
        ("[rules.source-before-instal]\n", 'copylast.toml:2:2: "source-before-instal" is no built-in rule; did you'),
        ("select = ['TOY2']\n", 'copylast.toml:2:12: "TOY2" is no rule'),
    ):
        with pytest.raises(ConfigError) as caught:
            bench(text)
        assert words in str(caught.value)


def test_options_reach_the_rule(project: Project) -> None:
    project({})
    found = bench("[plugins.toys.toy-word]\nwords = ['x', 'y']\n")
    (rule,) = [rule for rule in found.tools.rules if rule.code == "TOY101"]
    assert found.checker("/x/Dockerfile")._options(rule).words == ("x", "y")  # pyright: ignore[reportPrivateUsage]


def test_nothing_selected_is_no_pass(project: Project) -> None:
    project({})
    settings = SettingsStack(from_assignment("ignore=ALL")).settings(".")
    with pytest.raises(ConfigError, match="no rule is selected"):
        Workbench(settings, Toolbox().tools(settings))


def test_options_of_a_local_plugin_stand_under_its_name_from_every_folder(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    top = project({"toys.py": (ROOT / "tests" / "toys.py").read_text(), "below/Dockerfile": "FROM scratch\n"})
    (top / "copylast.toml").write_text("local-plugins = ['toys.py']\n[plugins.toys.toy-word]\nlimit = 3\n")
    for folder in (top, top / "below"):
        monkeypatch.chdir(folder)
        settings = SettingsStack().settings(".")
        found = Workbench(settings, Toolbox().tools(settings))
        (rule,) = [rule for rule in found.tools.rules if rule.code == "TOY101"]
        assert found.checker("Dockerfile")._options(rule).limit == 3  # pyright: ignore[reportPrivateUsage]
