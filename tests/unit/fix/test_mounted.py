"""The proof of a step that gets cache mounts: fixes that are wrong in one point each."""

from __future__ import annotations

import pytest
from tests.casebook import lint

from copylast.context.memory import MemoryContext
from copylast.dockerfile.source import Source
from copylast.fix.proof import prove
from copylast.rule.diagnostic import Effect

MOUNT = "--mount=type=cache,target=/root/.cache/pip"


def check(old: str, new: str, head: str = "FROM python:3.12\n") -> str | None:
    """What the proof says of ``new`` in place of the RUN ``old``."""
    context = MemoryContext({"go.mod": "module a\n", "main.go": "package main\n"})
    before, _ = lint(Source(f"{head}{old}\n"), context)
    after, _ = lint(Source(f"{head}{new}\n"), context)
    index = before.dockerfile.instructions[-1].index
    return prove(before, after, Effect(rewrites=((index, (new,)),), mounts=(index,)))


def test_accepts_the_right_mount() -> None:
    assert check("RUN pip install flask", f"RUN {MOUNT} pip install flask") is None
    assert check("RUN --network=host pip install a", f"RUN {MOUNT} --network=host pip install a") is None


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("RUN pip install flask", f"RUN {MOUNT} pip install django", "something else"),
        ("RUN pip install flask", "RUN --mount=type=cache,target=/root/.npm pip install flask", "another mount"),
        ("RUN pip install flask", f"RUN {MOUNT},uid=1000 pip install flask", "another mount"),
        ("RUN pip install flask", "RUN --network=none pip install flask", "another mount"),
        ("RUN --network=host pip install flask", f"RUN {MOUNT} pip install flask", "other flags"),
        ("RUN make", f"RUN {MOUNT} make", "a mount that nobody fills"),
    ],
)
def test_refuses_what_is_wrong(old: str, new: str, reason: str) -> None:
    assert reason in (check(old, new) or "nothing")


def test_refuses_where_the_directory_is_not_known() -> None:
    old, new = "RUN pip install flask", f"RUN {MOUNT} pip install flask"
    for head in ("FROM python:3.12\nUSER app\n", "FROM python:3.12\nENV PIP_CACHE_DIR=/a\n", "FROM a/python\n"):
        assert check(old, new, head) is not None


def test_refuses_a_mount_for_the_first_step_only() -> None:
    text = "FROM golang:1.22 AS build\n{}\nRUN go build -o /app .\nFROM debian:12\nCOPY --from=build /app /app\n"
    old, new = "RUN go mod download", "RUN --mount=type=cache,target=/go/pkg/mod go mod download"
    context = MemoryContext({"go.mod": "module a\n", "main.go": "package main\n"})
    before, _ = lint(Source(text.format(old)), context)
    after, _ = lint(Source(text.format(new)), context)
    reason = prove(before, after, Effect(rewrites=((1, (new,)),), mounts=(1,)))
    assert reason is not None and "would not have it" in reason
