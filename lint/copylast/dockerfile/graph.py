"""Which stage a name means, and which stages a stage needs.

FROM finds only the stages above it, by their exact lower-case name; ``COPY --from`` finds any
stage by name in any case or by number, RUN's ``--mount=from=`` by name alone.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from copylast.dockerfile.expand import Expansion
from copylast.dockerfile.mounts import mount_sources
from copylast.dockerfile.nodes import Instruction, Stage
from copylast.records import NamedTuple
from copylast.regexes import lazy_regex

_NUMBER = lazy_regex(r"[+-]?[0-9]{1,18}\Z")


class Reference(NamedTuple):
    """What a FROM, ``COPY --from`` or ``--mount=from=`` points at.

    ``kind`` is one of stage, image, context (a named one), scratch, unknown (it depends on a
    variable that nobody here knows; ``name`` is then as it is written) and missing (a stage number
    that does not exist). ``stage`` is the index for the first.
    """

    kind: str
    name: str
    stage: int | None = None


class StageNames:
    """The names of the stages of a file; of two stages with one name, the later counts."""

    def __init__(self, stages: Sequence[Stage], contexts: Collection[str]) -> None:
        self._stages = stages
        self._contexts = frozenset(name.lower() for name in contexts)
        self._last: dict[str, int] = {}
        # For FROM: the name that each stage takes over from an earlier stage, in order.
        self._all: dict[str, list[int]] = {}
        for stage in stages:
            if stage.name is not None:
                self._last[stage.name] = stage.index
                self._all.setdefault(stage.name, []).append(stage.index)

    def target(self, name: str | None) -> int | None:
        """The stage that ``--target name`` builds; None if there is none."""
        if name is None or not name:
            return len(self._stages) - 1 if self._stages else None
        found = self._last.get(name.lower())
        if found is None and name.isascii() and name.isdigit() and int(name[:18]) < len(self._stages):
            # BuildKit wants a name; the builders before it took a number too.
            return int(name)
        return found

    def base(self, index: int, name: Expansion) -> Reference:
        """What the FROM of stage ``index`` builds on."""
        own = self._stages[index].name
        if own is not None and own in self._contexts:
            return Reference("context", own)
        if name.unknown or not name.text:
            return Reference("unknown", name.text)
        found = -1
        for candidate in self._all.get(name.text, ()):
            if candidate >= index:
                break
            found = candidate
        if found >= 0:
            return Reference("stage", name.text, found)
        return self._outside(name.text)

    def copy_source(self, name: str) -> Reference:
        """What ``COPY --from=name`` copies from."""
        if _NUMBER.match(name):
            number = int(name)
            if 0 <= number < len(self._stages):
                return Reference("stage", name, number)
            return Reference("missing", name)
        return self.mount_source(name)

    def mount_source(self, name: str) -> Reference:
        """What ``RUN --mount=from=name`` mounts."""
        found = self._last.get(name.lower())
        if found is not None:
            return Reference("stage", name, found)
        return self._outside(name)

    def _outside(self, name: str) -> Reference:
        lowered = name.lower()
        if lowered in self._contexts or lowered.removesuffix(":latest") in self._contexts:
            return Reference("context", name)
        return Reference("scratch" if name == "scratch" else "image", name)


def dependencies(
    stage: Stage, base: Reference, triggers: Sequence[Instruction], names: StageNames
) -> tuple[int, ...]:
    """The stages that ``stage`` needs, in ascending order."""
    if base.kind == "context" and base.name == stage.name:
        return ()
    found: set[int] = set()
    if base.stage is not None:
        found.add(base.stage)
    for steps in (triggers, stage.instructions):
        for step in steps:
            if step.keyword == "COPY" and step.flags:
                flag = step.flag("from")
                if flag is not None and flag.value:
                    source = names.copy_source(flag.value).stage
                    if source is not None:
                        found.add(source)
            elif step.keyword == "RUN" and step.flags:
                for name, _ in mount_sources(step):
                    source = names.mount_source(name).stage
                    if source is not None:
                        found.add(source)
    return tuple(sorted(found))


def reach(needs: Sequence[Sequence[int]], start: int) -> frozenset[int]:
    """``start`` and all that it needs, directly or not."""
    seen = {start}
    todo = [start]
    while todo:
        for index in needs[todo.pop()]:
            if index not in seen:
                seen.add(index)
                todo.append(index)
    return frozenset(seen)
