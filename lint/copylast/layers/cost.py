"""How long steps take: measured where somebody measured, else what is usual for their kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from copylast.layers.commands import Facts
from copylast.layers.model import LayerModel
from copylast.layers.steps import Step
from copylast.records import NamedTuple
from copylast.typed import Literal

Kind = Literal["dependencies", "system", "run", "copy", "workdir", "from", "metadata"]
"""``dependencies``: a RUN that installs what manifests or its arguments name; ``system``: one that installs
packages of the operating system; ``metadata``: an instruction that only writes configuration."""


class Seconds(NamedTuple):
    """What is usual: half of all steps of the kind take less than ``median``, nine of ten less than ``p90``."""

    median: float
    p90: float


USUAL: dict[Kind, Seconds] = {
    "dependencies": Seconds(17.9, 129.6),
    "system": Seconds(17.8, 98.3),
    "run": Seconds(3.0, 33.0),
    "copy": Seconds(0.5, 8.4),
    "workdir": Seconds(0.6, 0.6),
    "from": Seconds(12.4, 48.6),
    "metadata": Seconds(0.0, 0.0),
}
"""From 2,290 public build logs. Of WORKDIR only the median is known."""

_INSTALLS = frozenset({"deps", "deps+project", "tool", "fetch"})
_KEYWORDS: dict[str, Kind] = {"FROM": "from", "COPY": "copy", "ADD": "copy", "WORKDIR": "workdir"}


class Cost(NamedTuple):
    """The time of one step; ``measured`` is False for an estimate."""

    seconds: float
    kind: Kind
    measured: bool


def kind_of(facts: Iterable[Facts]) -> Kind:
    """The kind of a RUN, by its commands: the dearest counts."""
    kind: Kind = "run"
    for fact in facts:
        if fact.match is None or fact.match.kind not in _INSTALLS:
            continue
        ecosystem = fact.match.ecosystem
        if ecosystem.language == "any" and not (ecosystem.manifests or ecosystem.settings):
            # A plain download: of no manager, and of any size.
            continue
        if not ecosystem.system:
            return "dependencies"
        kind = "system"
    return kind


def cost_of(keyword: str, facts: Iterable[Facts] = (), measured: float | None = None) -> Cost:
    """The time of an instruction. ``facts`` are the commands of a RUN, ``measured`` the time in a build's log."""
    kind = kind_of(facts) if keyword == "RUN" else _KEYWORDS.get(keyword, "metadata")
    if measured is not None:
        return Cost(measured, kind, True)
    return Cost(USUAL[kind].median, kind, False)


def step_cost(model: LayerModel, step: Step, timings: Mapping[int, float] | None = None) -> Cost:
    """The time of a step. ``timings`` are measured seconds by index of the instruction."""
    measured = timings.get(step.index) if timings else None
    return cost_of(step.keyword, model.facts(step) if step.keyword == "RUN" else (), measured)
