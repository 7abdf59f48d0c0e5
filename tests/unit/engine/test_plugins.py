"""Plugins: found, loaded, refused by name."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from tests.conftest import ROOT, Project

from copylast.rule.entry_points import find
from copylast.rule.plugins import BUILT_IN, PluginError, load_plugins

TOYS = str(ROOT / "tests" / "toys.py")

RULE = """
from copylast import Rule, RuleEntry, Severity, hookimpl

class Mine(Rule):
    \"\"\"Mine.\"\"\"
    code = "MIN101"
    name = "mine"
    severity = Severity.INFO
    def check(self, view):
        return ()

@hookimpl
def copylast_get_rules():
    return {rules}
"""


def load(text: str) -> list[str]:
    Path("mine.py").write_text(text)
    return [rule.code for rule in load_plugins(local=["mine.py"]).rules]


def refusal(text: str) -> str:
    with pytest.raises(PluginError) as caught:
        load(text)
    return str(caught.value)


def test_the_built_in_rules_come_through_the_same_door() -> None:
    plugins = load_plugins()
    assert [p.name for p in plugins.plugins] == [BUILT_IN]
    assert all(rule.plugin.name == BUILT_IN for rule in plugins.rules)
    assert plugins.ecosystems


def test_a_local_file() -> None:
    codes = [rule.code for rule in load_plugins(local=[TOYS]).rules]
    assert codes[-3:] == ["TOY101", "TOY102", "TOY103"]


def test_blocked_and_required() -> None:
    assert load_plugins(blocked=["copylast-rules"]).rules == ()
    load_plugins(required=["copylast-rules"])
    with pytest.raises(PluginError, match="plugin gone is required and was not found"):
        load_plugins(required=["gone"])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("raise ValueError('no\\nway')", "plugin mine.py does not load: ValueError: no way"),
        ("import nothing_like_this", "plugin mine.py does not load: ModuleNotFoundError"),
        ("x = 1", "plugin mine.py implements no hook of copylast"),
        (RULE.format(rules="1 / 0"), "plugin mine.py: copylast_get_rules failed: ZeroDivisionError"),
        (RULE.format(rules="None"), "plugin mine.py: copylast_get_rules gave None, not a sequence"),
        (RULE.format(rules="[3]"), "3 is neither a Rule class nor a RuleEntry"),
        (RULE.format(rules="[Mine, Mine]"), "rule MIN101 is also a rule of mine.py"),
        (RULE.replace("MIN101", "CPL101").format(rules="[Mine]"), "codes that begin with CPL belong to copylast"),
        (RULE.replace("MIN101", "MIN1").format(rules="[Mine]"), "two or more capital letters and three digits"),
        (RULE.replace('"mine"', '"Mine"').format(rules="[Mine]"), "the name 'Mine' is not kebab-case"),
        (RULE.replace("Severity.INFO", "1").format(rules="[Mine]"), "severity is missing or not a Severity"),
        ("from copylast import hookimpl\n@hookimpl\ndef copylast_get_ruels(): ...", "copylast_get_ruels"),
        (
            "from copylast import hookimpl\n@hookimpl\ndef copylast_get_ecosystems(): return ['gone']",
            "'gone' is not a folder of descriptors",
        ),
        (
            "from copylast import hookimpl\n@hookimpl\ndef copylast_get_formatters(): return {'x': 'y'}",
            "format 'x' must be given as 'module:function'",
        ),
    ],
)
def test_what_is_wrong_is_said_by_name(project: Project, text: str, words: str) -> None:
    project({})
    assert words in refusal(text)


def test_an_entry_must_equal_its_class(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    top = project({})
    monkeypatch.setattr(sys, "path", [str(top), *sys.path])
    entry = 'RuleEntry("MIN101", "mine", Severity.WARNING, "mine_too:Mine")'
    Path("mine_too.py").write_text(RULE.format(rules=f"[{entry}]"))
    (rule,) = [r for r in load_plugins(local=["mine_too"]).rules if r.code == "MIN101"]
    with pytest.raises(PluginError, match="its entry says severity .*WARNING.*, its class .*INFO"):
        rule.load()
    sys.modules.pop("mine_too")


def test_no_metadata_is_read_where_no_plugin_is_installed(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    top = project({"site/other-1.dist-info/entry_points.txt": "[console_scripts]\ncopylast = x:y\n"})
    monkeypatch.setattr(sys, "path", [str(top / "site"), str(top / "gone"), ""])
    monkeypatch.setitem(sys.modules, "importlib.metadata", None)
    assert find() == []


def test_an_installed_plugin_is_found(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    info = "site/my_rules-1.2.dist-info"
    top = project(
        {
            f"{info}/METADATA": "Metadata-Version: 2.1\nName: my-rules\nVersion: 1.2\n",
            f"{info}/entry_points.txt": "[copylast]\nmine = my_rules_plugin\n",
            "site/my_rules_plugin.py": RULE.format(rules="[Mine]"),
        }
    )
    monkeypatch.setattr(sys, "path", [str(top / "site"), *sys.path])
    (rule,) = [r for r in load_plugins().rules if r.code == "MIN101"]
    assert str(rule.plugin) == "my-rules 1.2"
    for name in ("mine", "my_rules", "My-Rules"):
        assert "MIN101" not in [r.code for r in load_plugins(blocked=[name]).rules]
    sys.modules.pop("my_rules_plugin")
