"""Every package manager of which something can be said is shown in little projects: fixed, refused, left alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import pytest
from tests.casebook import REGISTRY, Case, cases

from copylast.dockerfile.parse import parse
from copylast.dockerfile.scope import evaluate
from copylast.dockerfile.source import Source
from copylast.ecosystem.descriptor import Ecosystem
from copylast.layers.commands import command_name
from copylast.layers.model import build_model

NEVER_FIXED = {
    "hatch": "`hatch env create` installs the project itself, and has no option to leave it out: advice only",
}
"""Managers for which no case has a fix, and why there can be none."""

LEAST = 3
"""As many different reasons to refuse a fix or to say nothing each manager must show."""

_INSTALLS = ("deps", "deps+project", "build", "fetch", "project")


class Shown(NamedTuple):
    """What the cases show of one manager: names of cases, and what is said where a fix is refused."""

    fixed: set[str]
    split: set[str]
    reasons: set[str]


def _followed() -> Iterator[Ecosystem]:
    for ecosystem in REGISTRY.all():
        if ecosystem.reader is not None or ecosystem.listed is not None:
            yield ecosystem


FOLLOWED = sorted(_followed(), key=lambda ecosystem: ecosystem.id)
TOOLS = [
    ecosystem
    for ecosystem in sorted(REGISTRY.all(), key=lambda ecosystem: ecosystem.id)
    if ecosystem not in FOLLOWED and any(rule.kind == "tool" for m in ecosystem.matchers for rule in m.kinds)
]
"""Those of which only commands are known that name what they install, as ``apt-get install jq`` does."""
_TOOLS = frozenset(ecosystem.id for ecosystem in TOOLS)


def _commands(case: Case) -> dict[str, set[str]]:
    """Identifier of each manager that the case's Dockerfiles use -> its commands, as findings call them."""
    found: dict[str, set[str]] = defaultdict(set)
    for name in case.dockerfiles:
        path, context = case.context(name)
        dockerfile = parse(Source(case.text(name), path))
        model = build_model(dockerfile, evaluate(dockerfile), context, REGISTRY)
        for stage in model.stages:
            for fact in (fact for step in stage.steps if step.keyword == "RUN" for fact in model.facts(step)):
                if fact.match is None:
                    continue
                if fact.match.kind in _INSTALLS or (fact.match.kind == "tool" and fact.match.ecosystem.id in _TOOLS):
                    found[fact.match.ecosystem.id].add(command_name(fact))
    return found


@cache
def _shown() -> dict[str, Shown]:
    shown: dict[str, Shown] = defaultdict(lambda: Shown(set(), set(), set()))
    for case in cases():
        said = (case.folder / "expected.txt").read_text().splitlines()
        splits = _splits(case)
        for manager, names in _commands(case).items():
            _count(shown[manager], case.name, said, {f"`{name}`" for name in names}, splits)
    return shown


def _splits(case: Case) -> bool:
    """True if a fix gives one of the Dockerfiles a RUN more."""
    for name in case.dockerfiles:
        for prefix in ("fixed", "unsafe"):
            fixed = case.folder / f"{prefix}.{name.replace('/', '-')}"
            if fixed.exists() and _runs(fixed.read_text()) > _runs(case.text(name)):
                return True
    return False


def _runs(text: str) -> int:
    return sum(i.keyword == "RUN" for i in parse(Source(text, "Dockerfile")).instructions)


def _count(shown: Shown, case: str, said: list[str], names: set[str], splits: bool) -> None:
    mentioned = fixed = speaks = False
    code = ""
    for line in said:
        if not line.startswith(" "):
            code = line.split(": ", 1)[1].split()[0]
            speaks, fixed = any(name in line for name in names), False
            mentioned = mentioned or speaks
        elif speaks and line.lstrip().startswith("fix: "):
            fixed = True
            shown.fixed.add(case)
            if splits and code in ("CPL101", "CPL103"):
                shown.split.add(case)
        elif speaks and not fixed:
            shown.reasons.add(line.strip())
    if not mentioned:
        shown.reasons.add(f"silent in {case}")


SHOWN = [*FOLLOWED, *TOOLS]


@pytest.mark.parametrize("ecosystem", SHOWN, ids=[ecosystem.id for ecosystem in SHOWN])
def test_shows_a_fix_and_reasons_to_leave_things_alone(ecosystem: Ecosystem) -> None:
    shown = _shown()[ecosystem.id]
    assert bool(shown.fixed) != (ecosystem.id in NEVER_FIXED), "one case has a fix, or it is said why there is none"
    assert len(shown.reasons) >= LEAST, sorted(shown.reasons)


SPLIT = [e for e in FOLLOWED if any(prefetch.safety != "shown" for prefetch in e.prefetches)]


@pytest.mark.parametrize("ecosystem", SPLIT, ids=[ecosystem.id for ecosystem in SPLIT])
def test_shows_the_form_with_two_steps(ecosystem: Ecosystem) -> None:
    assert _shown()[ecosystem.id].split, "one case gets a dependency step of its own"
