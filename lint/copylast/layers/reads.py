"""What a whole RUN reads and writes, put together from its commands."""

from __future__ import annotations

from collections.abc import Sequence

from copylast.ecosystem.readers import Need, Refusal
from copylast.layers.commands import Facts
from copylast.records import NamedTuple


class Reads(NamedTuple):
    """``closed``: no command may read more of the project than ``needs``.

    ``open`` is the first command that spoils it. ``refusals`` are the readers' reasons why the closure
    cannot be relied on; ``unsafe`` those why only an unsafe fix may rely on it. ``writes`` are image paths
    inside the project tree. ``installs`` are the commands that install what manifests name.
    """

    closed: bool
    open: Facts | None
    needs: tuple[Need, ...]
    writes: tuple[str, ...]
    refusals: tuple[Refusal, ...]
    unsafe: tuple[str, ...]
    installs: tuple[Facts, ...]


def put_together(facts: Sequence[Facts]) -> Reads:
    """The reads of commands that run one after the other."""
    needs: dict[str, Need] = {}
    writes: dict[str, None] = {}
    refusals: list[Refusal] = []
    unsafe: list[str] = []
    installs: list[Facts] = []
    spoiler: Facts | None = None
    for fact in facts:
        if fact.role in ("open", "build"):
            spoiler = spoiler or fact
            continue
        if fact.closure is None:
            continue
        if fact.role == "install":
            installs.append(fact)
        for need in fact.closure.needs:
            old = needs.get(need.path)
            # The stronger wish wins: a directory over a file, a file over a mere stub.
            if old is None or _STRENGTH[need.what] > _STRENGTH[old.what]:
                needs[need.path] = need
        writes.update(dict.fromkeys(fact.closure.writes))
        refusals += fact.closure.refusals
        unsafe += fact.closure.unsafe
    return Reads(
        spoiler is None and not refusals,
        spoiler,
        tuple(needs[path] for path in sorted(needs)),
        tuple(writes),
        tuple(refusals),
        tuple(dict.fromkeys(unsafe)),
        tuple(installs),
    )


_STRENGTH = {"stub": 0, "file": 1, "dir": 2}
