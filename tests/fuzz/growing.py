"""Twice the size, about twice the time: which parts of the reading do not keep to that."""

from __future__ import annotations

from tests.fuzz.pieces import Series
from tests.fuzz.reading import costs

SIZES = (2000, 4000, 8000)
_SEEN = 0.1
"""Seconds below which a part is too fast to be judged."""


def slow_parts(series: Series) -> dict[str, list[float]]:
    """The parts whose time grows faster than the input, with their times at doubled sizes.

    Judged by two doublings in a row that each take more than 2.8 times as long; what looks like that is measured once
    more, the faster time counts. Parts that are fast at every size are left alone.
    """
    times = _measure(series, SIZES)
    if not any(_steep(one[-3:]) for one in times.values()):
        return {}
    again = _measure(series, SIZES)
    best = {part: [min(pair) for pair in zip(times[part], again[part], strict=True)] for part in times}
    slow = {part: one for part, one in best.items() if _steep(one)}
    if not slow:
        return {}
    more = _measure(series, (16_000,))
    found = {part: one + more[part] for part, one in slow.items()}
    return {part: one for part, one in found.items() if _steep(one[-3:])}


def _measure(series: Series, sizes: tuple[int, ...]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for size in sizes:
        for part, seconds in costs(series.text(size)).items():
            found.setdefault(part, []).append(seconds)
    return found


def _steep(times: list[float]) -> bool:
    return times[-1] > _SEEN and all(after > 2.8 * before for before, after in zip(times, times[1:], strict=False))
