"""The key model against series of builds that real builders ran.

Of each series every build after the first is compared, step by step: the model builds the same files in the
same order with a cache of its own. What cannot be known without building, whether a stage that ran again has
the same output, is told by ``OTHER_OUTPUT``; everything else comes from the files. The model answers for a
context that is sent anew; what hangs on the memory of a daemon is among the exceptions, each with its reason.
Every exception must really disagree, and the agreements are counted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import pytest
from tests.conformance.cache_series import BUILDERS, NAMED, Observed, Series, load, situations

from copylast.layers.cache import Cache
from copylast.layers.profiles import Profile
from copylast.layers.simulate import StepOutcome, explain
from copylast.layers.situations import Situation

KITS = ("bk28c", "bk28", "bk26", "bk20")

OTHER_OUTPUT = {
    "COPY --from: stage re-executed, /out changed",
    "COPY --from=s / (whole rootfs) after re-exec, file differs",
    "mount bind from=stage (whole): stage re-exec",
    "COPY --from stage: mode of artifact changed only",
    "COPY --from stage: owner of artifact changed only",
}
"""Series in which a stage that runs again has another output."""

FAILING = {"RUN fails: COPY before it kept", "unused stage: not built"}
"""Series whose builds fail in the middle, as they should; other failures are a syntax that a builder lacks."""

_REMEMBERS = "a daemon that has the folder already does not look at the modes of its directories again"
_ATTRIBUTES = "extended attributes enter, and no context shows them"
_OWNER = "owners enter; what a context shows has none"
_HARD = "the archive that is hashed says hard link where two names share a file, and no context shows that"
_OLD = "BuildKit 0.8"


class Exception_(NamedTuple):
    """A series in which these builders do other than the model says, and why."""

    name: str
    builders: tuple[str, ...]
    reason: str


EXCEPTIONS = (
    Exception_("COPY dir: dir mode 755->700", KITS, _REMEMBERS),
    Exception_("fresh ctx dir: xattr user.foo", ("bk28c", "bk28", "bk20", "bh128ov"), _ATTRIBUTES),
    Exception_("xattr user.foo set", ("bh128ov",), _ATTRIBUTES),
    Exception_("owner changed (chown 1000)", ("bh128ov",), _OWNER),
    Exception_("fresh ctx dir: file owner 1000", ("bh128ov",), _OWNER),
    Exception_("fresh ctx dir: file -> hardlink", ("bh128ov", "legacy"), _HARD),
    Exception_("ADD tar: repacked, mtimes differ", ("bh128ov",), "it hashes what it unpacks, not the archive"),
    Exception_("ADD url Last-Modified changed, same bytes", ("bh128ov",), "it hashes the time of the download too"),
)

VERSIONS = (
    Exception_("run mount cache id changed", ("bk20",), f"{_OLD} has the id of a cache mount in the key"),
    Exception_("cli --shm-size", ("bk20",), f"{_OLD} leaves the size of /dev/shm out"),
    Exception_("cli --ulimit", ("bk20",), f"{_OLD} leaves limits out"),
    Exception_(
        "COPY --from stage: owner of artifact changed only", ("bk20",), f"{_OLD} leaves the owners of files out"
    ),
)
"""The four differences between BuildKit's versions; the model follows the newer ones."""

UNSEEN = {
    ("bk20", "COPY --from: stage re-executed, /out changed"),
    ("bk20", "mount bind file: content changed"),
    ("bk20", "secret id changed (same target)"),
    ("bk20", "secret required=true added"),
}
"""Where one step was not seen (``?``): its output swallowed the end of its line."""

AGREE = {"bk28c": 257, "bk28": 254, "bk26": 180, "bk20": 227, "bh128ov": 224, "legacy": 205}
REFUSED = {"bk28c": 1, "bk28": 1, "bk26": 2, "bk20": 27, "bh128ov": 29, "legacy": 54}
"""Series that a builder cannot build, most of them for want of a syntax (heredocs, --link, mounts)."""

Shown = tuple[str, str, str]
"""The stage's name, the instruction and the letter of a step."""

LETTERS = {"cached": "C", "rebuilt": "X"}


@cache
def _all() -> tuple[Series, ...]:
    return tuple(load())


def _exceptions() -> dict[tuple[str, str], str]:
    return {(b, one.name): one.reason for one in (*EXCEPTIONS, *VERSIONS) for b in one.builders}


def _refused(series: Series, builder: str) -> bool:
    return any(one["rc"] for one in series["observed"][builder]) and series["name"] not in FAILING


def _cases() -> list[tuple[str, Series]]:
    return [(b, s) for s in _all() for b in BUILDERS if b in s["observed"] and not _refused(s, b)]


Difference = tuple[list[Shown], list[Shown]]
_known: dict[tuple[str, str], list[Difference]] = {}


def _disagreements(series: Series, builder: str) -> list[Difference]:
    """What was seen and what the model says, build by build, where the two differ."""
    key = (builder, series["name"])
    if key not in _known:
        _known[key] = _replay(series, builder)
    return _known[key]


def _replay(series: Series, builder: str) -> list[Difference]:
    profile = BUILDERS[builder]
    memory = Cache(profile, series["name"] not in OTHER_OUTPUT)
    found: list[Difference] = []
    former = None
    builds = situations(series, profile)
    observed = series["observed"][builder]
    assert len(builds) == len(observed) > 1
    for number, (situation, seen) in enumerate(zip(builds, observed, strict=True)):
        failed = _failed(situation, seen)
        build = memory.build(situation, failed)
        outcomes = explain(former, build)
        former = build
        if number:
            want = _seen(situation, seen, profile)
            said = _said(situation, outcomes, profile, failed)
            if not profile.chain:
                said = _once(situation, outcomes, said) if series["name"].endswith("(dedup)") else said
            if not _agree(want, said):
                found.append((want, said))
    return found


def _failed(situation: Situation, seen: Observed) -> int | None:
    broken = [step.rpartition("=")[0] for step in seen["steps"] if step.endswith("=ERROR")]
    if not broken:
        return None
    instructions = situation.dockerfile.instructions
    return next(one.index for one in instructions if f"{one.keyword} {one.rest}" == broken[0])


def _seen(situation: Situation, seen: Observed, profile: Profile) -> list[Shown]:
    found: list[Shown] = []
    for step in seen["steps"]:
        text, _, letter = step.rpartition("=")
        stage = "" if profile.chain else _stage_name(text)
        text = text.removeprefix(f"{stage}:") if stage else text
        keyword = text.split()[0].upper()
        if not profile.chain and keyword == "ONBUILD":
            # Newer versions say where a trigger comes from.
            keyword = text.split()[1]
        shown = (stage, keyword, letter)
        if text.startswith(("ADD http", "ADD --checksum")) and found and found[-1][1] == "ADD" and not profile.links:
            # The download is shown beside the step; which of the two ran is told by the other.
            found[-1] = min(found[-1], shown)
        else:
            found.append(shown)
    if profile.name == "classic":
        # It prints the ARGs above the first FROM as steps that always run.
        found = found[len(situation.dockerfile.globals) :]
    return found if profile.chain else _by_stage(found)


def _stage_name(text: str) -> str:
    match = re.match(r"(\w+):(?=[A-Z])", text)
    return match[1] if match else ""


def _by_stage(shown: list[Shown]) -> list[Shown]:
    """Stages run side by side, and a merge beside the COPY that it follows: their order says nothing."""
    return sorted(shown, key=lambda one: (one[0], one[1] == "LINK"))


def _said(situation: Situation, outcomes: Sequence[StepOutcome], profile: Profile, failed: int | None) -> list[Shown]:
    stages = situation.dockerfile.stages
    found: list[Shown] = []
    for one in _steps(outcomes, profile):
        if failed is not None and one.instruction > failed:
            continue
        letter = "ERROR" if one.instruction == failed else LETTERS[one.status]
        name = (stages[one.stage].name or "") if not profile.chain and len(stages) > 1 else ""
        found.append((name, "LINK" if one.part == "link" else one.step.instruction.keyword, letter))
    return found if profile.chain else _by_stage(found)


def _steps(outcomes: Sequence[StepOutcome], profile: Profile) -> list[StepOutcome]:
    # Images are not compared; the builders that chain do not show triggers.
    hidden = ("from", "image", "trigger") if profile.chain else ("from", "image")
    return [one for one in outcomes if one.part not in hidden]


def _once(situation: Situation, outcomes: Sequence[StepOutcome], said: list[Shown]) -> list[Shown]:
    """BuildKit shows equal steps of two stages once, under the name of either."""
    digests = [one.step.digest for one in outcomes if one.part == ""]
    twins = len(digests) - len(set(digests))
    assert twins == 1 and situation.dockerfile.stages[0].name == "s"
    return [one for one in said if one[0] != "s"]


def _agree(want: Sequence[Shown], said: Sequence[Shown]) -> bool:
    if [one[2] for one in want] != [w[2] if w[2] == "?" else s[2] for w, s in zip(want, said, strict=False)]:
        return False
    return len(want) == len(said) and [one[1] for one in want] == [one[1] for one in said]


@pytest.mark.parametrize(("builder", "series"), _cases(), ids=lambda one: one if isinstance(one, str) else one["name"])
def test_series(builder: str, series: Series) -> None:
    found = _disagreements(series, builder)
    if (builder, series["name"]) in _exceptions():
        # An exception that came to agree has lost its reason.
        assert found
    else:
        assert found == []


def test_agreement_is_counted() -> None:
    agree = Counter(b for b, s in _cases() if not _disagreements(s, b))
    assert dict(agree) == AGREE
    replayed = Counter(b for b, _ in _cases())
    listed = Counter(b for b, _ in _exceptions())
    assert all(replayed[builder] - agree[builder] == listed[builder] for builder in BUILDERS)
    for builder in ("bh128ov", "legacy"):
        assert agree[builder] >= 0.95 * replayed[builder]


def test_refusals_are_counted() -> None:
    refused = Counter(b for s in _all() for b in BUILDERS if b in s["observed"] and _refused(s, b))
    assert dict(refused) == REFUSED


def test_exceptions_are_series_that_were_run_and_have_a_reason() -> None:
    run = {(b, s["name"]) for b, s in _cases()}
    assert set(_exceptions()) <= run
    assert all(one.reason for one in (*EXCEPTIONS, *VERSIONS))


def test_all_unseen_steps_are_known() -> None:
    unseen = {
        (builder, series["name"])
        for builder, series in _cases()
        for build in series["observed"][builder][1:]
        if any(step.endswith("=?") for step in build["steps"])
    }
    assert unseen == UNSEEN


def test_named_changes_are_those_that_series_ask_for() -> None:
    asked = {series["name"] for series in _all() if any(build.get("pre") for build in series["builds"])}
    assert asked == set(NAMED)
