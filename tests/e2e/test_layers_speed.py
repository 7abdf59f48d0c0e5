"""``copylast layers`` on a large project: CPU time of the whole program, its start included."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.conftest import ROOT

STAGE = (
    "FROM python:3.12 AS s{0}\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt\nRUN make part{0}\n"
    "ENV LEVEL={0}\nRUN make more{0}\n"
)
DOCKERFILE = "".join(
    STAGE.format(stage) + (f"COPY --from=s{stage - 1} /app/out /out\n" if stage else "") for stage in range(8)
)
COMMAND = (sys.executable, "-m", "copylast", "layers")
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT / "lint"), str(ROOT / "rules")))}
TRIES = 5
PACE = 0.06
"""CPU seconds of :func:`_work` on the machine for which the limits are meant; the same machine can take twice as long
when others share its processors."""
BUSY = os.getloadavg()[0] > 4 * (os.cpu_count() or 1)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """20,000 files in 200 folders, and a Dockerfile of 8 stages and 63 instructions."""
    top = tmp_path_factory.mktemp("large")
    (top / "Dockerfile").write_text(DOCKERFILE)
    (top / "requirements.txt").write_text("flask\n")
    for folder in range(200):
        place = top / f"package{folder % 20}" / f"part{folder}"
        place.mkdir(parents=True)
        for name in range(100):
            os.close(os.open(place / f"module{name}.py", os.O_CREAT | os.O_WRONLY, 0o644))
    return top


def _work() -> float:
    """CPU seconds of a piece of work that is always the same."""
    begin = time.process_time()
    sum(number * number for number in range(1_000_000))
    return time.process_time() - begin


def _cpu(top: Path, *arguments: str) -> float:
    """Seconds of the quickest of some tries, as long as they would be if the machine ran at :data:`PACE`."""
    best = 1e9
    for _ in range(TRIES):
        pace = _work()
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([*COMMAND, *arguments], cwd=top, env=ENVIRONMENT, check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        best = min(best, spent * PACE / max(pace, _work(), PACE))
    return best


@pytest.mark.skipif(BUSY, reason="the machine is too busy to measure time")
@pytest.mark.parametrize(
    ("arguments", "seconds"),
    [((), 0.5), (("--format", "json"), 0.5), (("--changed", "package3/part3/module1.py"), 1.0)],
)
def test_a_large_project_is_answered_at_once(large: Path, arguments: tuple[str, ...], seconds: float) -> None:
    assert DOCKERFILE.count("FROM") == 8 and DOCKERFILE.count("\n") >= 60
    assert _cpu(large, *arguments) < seconds
