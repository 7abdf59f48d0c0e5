"""Times of steps."""

from __future__ import annotations

import pytest
from tests.casebook import REGISTRY

from copylast.context.memory import MemoryContext
from copylast.dockerfile.parse import parse
from copylast.dockerfile.scope import evaluate
from copylast.dockerfile.source import Source
from copylast.layers.cost import USUAL, Cost, cost_of, step_cost
from copylast.layers.model import build_model


def _cost(line: str, timings: dict[int, float] | None = None) -> Cost:
    dockerfile = parse(Source(f"FROM debian\n{line}\n"))
    context = MemoryContext({"requirements.txt": "flask\n"})
    model = build_model(dockerfile, evaluate(dockerfile), context, REGISTRY)
    step = model.step(1)
    assert step is not None
    return step_cost(model, step, timings)


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("RUN pip install -r requirements.txt", "dependencies"),
        ("RUN apt-get update && apt-get install -y curl", "system"),
        ("RUN apt-get install -y python3-pip && pip install -r requirements.txt", "dependencies"),
        ("RUN npm ci && npm run build", "dependencies"),
        ("RUN curl -fsSL https://example.org/a -o /tmp/a", "run"),
        ("RUN apt-get install -y curl && curl -fsSL https://example.org/a -o /tmp/a", "system"),
        ("RUN npx playwright install", "dependencies"),
        ("RUN make", "run"),
        ("RUN rm -rf /var/lib/apt/lists", "run"),
        ("COPY . .", "copy"),
        ("ADD http://x/y /", "copy"),
        ("WORKDIR /w", "workdir"),
        ("ENV A=1", "metadata"),
    ],
)
def test_kinds(line: str, kind: str) -> None:
    cost = _cost(line)
    assert cost.kind == kind
    assert not cost.measured
    assert cost.seconds == USUAL[cost.kind].median


def test_what_was_measured_wins() -> None:
    assert _cost("RUN make", {1: 4.5}) == Cost(4.5, "run", True)
    assert _cost("RUN make", {2: 4.5}) == Cost(3.0, "run", False)
    assert cost_of("FROM") == Cost(12.4, "from", False)
