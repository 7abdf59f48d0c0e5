"""Which steps several Dockerfiles have in common: what one builder would build once."""

from __future__ import annotations

from collections.abc import Sequence

from copylast.layers.cache import Cache
from copylast.layers.profiles import Profile
from copylast.layers.situations import Situation
from copylast.records import NamedTuple
from copylast.survey.values import Row, Shared


class Member(NamedTuple):
    """One Dockerfile with its rows."""

    name: str
    situation: Situation
    rows: Sequence[Row]


def shared_steps(members: Sequence[Member], profile: Profile) -> tuple[Shared, ...]:
    """The steps with equal keys, by the Dockerfiles that have them; most seconds first.

    They are found by letting one builder build all of them in a row. A base image alone counts too.
    """
    cache = Cache(profile)
    homes: dict[int, dict[str, int]] = {}
    seconds: dict[int, float] = {}
    for member in members:
        times = {(row.stage, row.line): row.seconds for row in member.rows}
        for one in cache.build(member.situation).found:
            step = one.step
            if step.part in ("", "from", "trigger") and not any(i.kind == "scratch" for i in step.inputs):
                homes.setdefault(one.result, {}).setdefault(member.name, step.line)
                seconds.setdefault(one.result, times.get((step.stage, step.line), 0.0))
    groups: dict[tuple[str, ...], list[int]] = {}
    for result, lines in homes.items():
        if len(lines) > 1:
            groups.setdefault(tuple(lines), []).append(result)
    found = [
        Shared(
            tuple((name, tuple(sorted({homes[one][name] for one in results}))) for name in names),
            len(results),
            round(sum(seconds[one] for one in results), 3),
        )
        for names, results in groups.items()
    ]
    return tuple(sorted(found, key=lambda one: (-one.seconds, one.lines)))
