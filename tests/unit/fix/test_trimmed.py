"""The proof of a step without what kept its cache mounts empty: fixes that are wrong in one point each."""

from __future__ import annotations

import pytest
from tests.casebook import lint

from copylast.context.memory import MemoryContext
from copylast.dockerfile.source import Source
from copylast.fix.proof import prove
from copylast.rule.diagnostic import Effect

MOUNT = "RUN --mount=type=cache,target=/root/.cache/pip "


def check(old: str, new: str, head: str = "FROM python:3.12\n") -> str | None:
    """What the proof says of ``new`` in place of the RUN ``old``."""
    context = MemoryContext({})
    before, _ = lint(Source(f"{head}{old}\n"), context)
    after, _ = lint(Source(f"{head}{new}\n"), context)
    index = before.dockerfile.instructions[-1].index
    return prove(before, after, Effect(rewrites=((index, (new,)),), trims=(index,)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("pip install --no-cache-dir flask", "pip install flask"),
        ("pip install flask && rm -rf /root/.cache/pip/*", "pip install flask"),
        ("pip install flask && rm -rf /root/.cache/pip/* /tmp/*", "pip install flask && rm -rf /tmp/*"),
        ("pip install flask && pip cache purge && touch /a", "pip install flask && touch /a"),
    ],
)
def test_accepts_what_goes(old: str, new: str) -> None:
    assert check(MOUNT + old, MOUNT + new) is None


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("pip install --no-cache-dir --no-deps flask", "pip install flask", "something else than before"),
        ("pip install --no-cache-dir flask", "pip install", "something else than before"),
        ("pip install flask && rm -rf /root/.cache/pip", "pip install flask && true", "something else than before"),
        ("pip install flask && rm -rf /root/.cache", "pip install flask", "something else than before"),
        ("pip install flask && rm -rf /srv", "pip install flask", "something else than before"),
        ("set -e; pip install flask; rm -rf /root/.cache/pip", "set -e; pip install flask", "end in another way"),
    ],
)
def test_refuses_what_is_wrong(old: str, new: str, reason: str) -> None:
    assert reason in (check(MOUNT + old, MOUNT + new) or "nothing")


def test_refuses_where_the_cache_would_be_in_the_image() -> None:
    old, new = "pip install --no-cache-dir flask", "pip install flask"
    assert "something else" in (check(f"RUN {old}", f"RUN {new}") or "nothing")
    for head in ("FROM python:3.12\nUSER app\n", "FROM python:3.12\nENV PIP_CACHE_DIR=/cache\n", "FROM a/python\n"):
        assert "something else" in (check(MOUNT + old, MOUNT + new, head) or "nothing")


def test_refuses_another_mount() -> None:
    new = MOUNT.replace("/pip", "") + "pip install flask"
    assert "other flags" in (check(MOUNT + "pip install --no-cache-dir flask", new) or "nothing")
