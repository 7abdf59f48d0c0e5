"""Every example of every rule, and variants of it. A new rule needs no test file."""

from __future__ import annotations

import re

import pytest

from copylast.ecosystem.registry import Registry
from copylast.engine.own import own_rules
from copylast.rule.documentation import HEADINGS, documentation
from copylast.rule.plugins import RuleHandle, load_plugins
from copylast.testing import RuleCase, rule_cases

PLUGINS = load_plugins()
HANDLES = (*PLUGINS.rules, *own_rules())
REGISTRY = Registry(PLUGINS.ecosystems)
CASES = [case for handle in HANDLES for case in rule_cases(handle.load(), REGISTRY)]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_example(case: RuleCase) -> None:
    case.check()


@pytest.mark.parametrize("handle", HANDLES, ids=lambda handle: handle.code)
def test_documentation_has_all_headings(handle: RuleHandle) -> None:
    page = documentation(handle.load())
    assert tuple(title for title, _ in page.sections) == HEADINGS
    assert all(body for _, body in page.sections)
    assert re.fullmatch(r"[A-Z].{9,99}\.", page.summary), page.summary


@pytest.mark.parametrize("handle", HANDLES, ids=lambda handle: handle.code)
def test_silent_and_speaking_examples(handle: RuleHandle) -> None:
    examples = handle.load().examples
    assert any(e.silent is None for e in examples), "no example on which it speaks"
    assert any(e.silent is not None for e in examples), "no example on which it must stay silent"
    titles = [e.title for e in examples]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("handle", HANDLES, ids=lambda handle: handle.code)
def test_table_equals_class(handle: RuleHandle) -> None:
    rule = handle.load()
    assert (rule.code, rule.name, rule.severity, rule.opt_in) == (
        handle.code,
        handle.name,
        handle.severity,
        handle.opt_in,
    )
    file = rule.__module__.rpartition(".")[2]
    if handle.code not in ("CPL900",):
        assert file == handle.name.replace("-", "_"), "the file is called as the rule"


def test_codes_and_names_are_ordered() -> None:
    codes = [handle.code for handle in PLUGINS.rules]
    assert codes == sorted(codes)
