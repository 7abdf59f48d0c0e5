"""What of a cache mount is in the key. The same lines are built for real in tests/conformance/buildkit."""

from __future__ import annotations

import pytest
from tests.unit.layers_keys.told import FILES, situation, tell

from copylast.layers.profiles import BUILDKIT, Profile
from copylast.layers.simulate import simulate
from copylast.layers.situations import Settings


def _hit(before: str, after: str) -> bool:
    """Whether the RUN is taken from the cache when the keys of its mount become others."""
    texts = [f"FROM a AS s\nFROM a\nWORKDIR /w\nRUN --mount=type=cache,{keys} x\n" for keys in (before, after)]
    return tell(simulate(situation(texts[0]), situation(texts[1])))[-1].startswith("4 C")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("target=/c,id=one", "target=/c,id=two"),
        ("target=/c,id=one", "target=/c,sharing=locked"),
        ("target=/c,sharing=private", "target=/c,sharing=locked"),
        ("target=/c", "target=/c,id=/c,sharing=shared"),
        ("target=/c", "target=/c/,id=c"),
        ("target=c", "target=c,id=one"),
        ("target=/c,uid=0", "target=/c,gid=0,mode=0755"),
        ("target=/c,mode=0755", "target=/c,mode=0777"),
        ("target=/c,from=s,source=/o", "target=/c,from=s,source=/o,uid=1,mode=0700"),
    ],
)
def test_kept(before: str, after: str) -> None:
    assert _hit(before, after)
    assert _hit(after, before)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("target=/c", "target=/d"),
        ("target=/c", "target=/c,id=one"),
        ("target=/c", "target=/c,sharing=locked"),
        ("target=/c", "target=/c,ro"),
        ("target=/c", "target=/c,uid=0"),
        ("target=/c", "target=/c,mode=0755"),
        ("target=/c,mode=0700", "target=/c,mode=0755"),
        ("target=/c,uid=1", "target=/c,uid=2"),
        ("target=/c,gid=1", "target=/c,gid=2"),
        ("target=/w/c", "target=c"),
        ("target=/c,from=s", "target=/c,from=s,mode=0700"),
        ("target=/c,mode=0700", "target=/c,mode=$M"),
    ],
)
def test_lost(before: str, after: str) -> None:
    assert not _hit(before, after)
    assert not _hit(after, before)


@pytest.mark.parametrize(("profile", "hit"), [(BUILDKIT, False), (BUILDKIT._replace(dated=False), True)])
def test_the_date_of_a_working_directory_counts_in_newer_versions(profile: Profile, hit: bool) -> None:
    dates = [Settings(build_args={"SOURCE_DATE_EPOCH": date}) for date in "12"]
    first, second = (situation("FROM a\nWORKDIR /w\nRUN x\n", FILES, settings) for settings in dates)
    assert [one.status == "cached" for one in simulate(first, second, profile)][1:] == [hit, hit]
