"""What a builder remembers: the steps of all builds so far, and which of a new build it would take from there.

Two steps share a result if what enters their keys is the same; where it enters by content, the content. So a
step is matched against those remembered, piece by piece and the cheap pieces first, and files are read only
to tell apart what nothing else does. What a step that ran again has made is not known without running it:
what hangs on that by content *may* be the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from copylast.layers.contents import Files, same_files
from copylast.layers.inputs import Output, StepKey
from copylast.layers.keys import build_keys
from copylast.layers.profiles import BUILDKIT, Profile
from copylast.layers.situations import EVERY_STAGE, Situation
from copylast.records import NamedTuple
from copylast.typed import Literal

Status = Literal["cached", "rebuilt", "cached-if-same"]


class Found(NamedTuple):
    """What became of one step.

    ``result`` is a number for its result: equal numbers, equal results. ``maybe`` are the earlier results
    that it equals if outputs of steps that ran again are as before.
    """

    step: StepKey
    status: Status
    result: int
    maybe: tuple[int, ...]


class _Record(NamedTuple):
    """A remembered step: its contents (of outputs, the result and the path) and its result."""

    contents: tuple[Files | tuple[int, str], ...]
    result: int


_Records = dict[tuple[object, tuple[int, ...]], list[_Record]]


class Build(NamedTuple):
    """One build, as the cache saw it."""

    situation: Situation
    found: tuple[Found, ...]

    def by_step(self) -> dict[StepKey, Found]:
        """What became of each step."""
        return {one.step: one for one in self.found}


class Cache:
    """The memory of a builder of one kind; it never forgets.

    ``assume`` settles what nobody can know: True if steps that run again give what they gave before, False if
    they give something else, None to leave it open ("cached-if-same").
    """

    def __init__(self, profile: Profile = BUILDKIT, assume: bool | None = None) -> None:
        self.profile = profile
        self.assume = assume
        self.last: Build | None = None
        self._records: _Records = {}
        self._next = 0

    def build(self, situation: Situation, failed: int | None = None) -> Build:
        """Build, and remember. ``failed`` is the index of an instruction at which the build stopped."""
        done: dict[StepKey, Found] = {}
        anew = _anew(situation)
        made: _Records = {}
        for step in build_keys(situation, self.profile):
            # Equal steps of two stages are one, built once.
            found = self._twin(step, made, done) or self._look_up(step, done, anew)
            done[step] = found
            _remember(made, step, found, done)
        for step, found in done.items():
            if failed is None or step.index < failed:
                _remember(self._records, step, found, done)
        self.last = Build(situation, tuple(done.values()))
        return self.last

    def _look_up(self, step: StepKey, done: dict[StepKey, Found], anew: frozenset[int]) -> Found:
        # An image is looked up whatever the command line says.
        if step.stage not in anew or not step.roots:
            roots = [done[root] for root in step.roots]
            exact = tuple(root.result for root in roots)
            maybe: list[int] = []
            for results in product(*((root.result, *root.maybe) for root in roots)):
                for record in self._records.get((step.compared, results), ()):
                    same = self._same(step, record, done)
                    if same and results == exact:
                        return Found(step, "cached", record.result, ())
                    if same is not False:
                        maybe.append(record.result)
            if maybe and self.assume:
                return Found(step, "cached", maybe[0], ())
            if maybe and self.assume is None:
                return Found(step, "cached-if-same", self._new(), tuple(dict.fromkeys(maybe)))
        return Found(step, "rebuilt", self._new(), ())

    def _twin(self, step: StepKey, made: _Records, done: dict[StepKey, Found]) -> Found | None:
        for record in made.get((step.compared, tuple(done[root].result for root in step.roots)), ()):
            if self._same(step, record, done):
                twin = next(one for one in done.values() if one.result == record.result)
                return twin._replace(step=step)
        return None

    def _new(self) -> int:
        self._next += 1
        return self._next

    def _same(self, step: StepKey, record: _Record, done: dict[StepKey, Found]) -> bool | None:
        """Whether the contents are those of the record; None if nobody can say."""
        verdict: bool | None = True
        for mine, theirs in zip(step.contents, record.contents, strict=True):
            if isinstance(mine, Files):
                same = same_files(theirs, mine) if isinstance(theirs, Files) else False
            else:
                same = True if (done[mine.step].result, mine.path) == theirs else None
            if same is False:
                return False
            if same is None:
                verdict = None
        return verdict


def _remember(records: _Records, step: StepKey, found: Found, done: dict[StepKey, Found]) -> None:
    key = (step.compared, tuple(done[root].result for root in step.roots))
    contents = tuple(
        content if isinstance(content, Files) else (done[content.step].result, content.path)
        for content in step.contents
    )
    same = records.setdefault(key, [])
    if not any(record.result == found.result for record in same):
        same.append(_Record(contents, found.result))


def outputs_of(step: StepKey) -> Sequence[Output]:
    """The outputs of other steps that a step takes by content."""
    return [content for content in step.contents if isinstance(content, Output)]


def _anew(situation: Situation) -> frozenset[int]:
    wanted = {name.lower() for name in situation.settings.no_cache}
    stages = situation.dockerfile.stages
    return frozenset(
        stage.index for stage in stages if EVERY_STAGE in wanted or (stage.name or str(stage.index)) in wanted
    )
