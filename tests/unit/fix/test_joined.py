"""The proof of a step that comes to fetch its package lists itself: fixes that are wrong in one point each."""

from __future__ import annotations

import pytest
from tests.casebook import lint

from copylast.context.memory import MemoryContext
from copylast.dockerfile.source import Source
from copylast.fix.proof import prove
from copylast.rule.diagnostic import Effect

HEAD = "FROM debian:12\n"
INSTALL = "RUN apt-get install -y curl"
JOINED = "RUN apt-get update && apt-get install -y curl"


def check(old: str, new: str, joined: str = JOINED, effect: Effect | None = None) -> str | None:
    """What the proof says of ``new``, in which the last instruction took the first RUN in."""
    context = MemoryContext({"a.list": "", "app.py": ""})
    before, _ = lint(Source(HEAD + old), context)
    after, _ = lint(Source(HEAD + new), context)
    last = before.dockerfile.instructions[-1].index
    effect = effect or Effect(removes=(1,), rewrites=((last, (joined,)),), joins=((1, last),))
    return prove(before, after, effect)


def test_accepts_the_right_fix() -> None:
    assert check(f"RUN apt-get update\n{INSTALL}\n", f"{JOINED}\n") is None
    assert check(f"RUN apt-get update\nCOPY app.py /srv/\n{INSTALL}\n", f"COPY app.py /srv/\n{JOINED}\n") is None


def test_accepts_a_copy_of_the_command() -> None:
    first = "RUN apt-get update && apt-get install -y gcc"
    effect = Effect(rewrites=((2, (JOINED,)),), joins=((1, 2),))
    assert check(f"{first}\n{INSTALL}\n", f"{first}\n{JOINED}\n", effect=effect) is None


WRONG = {
    "the first step did more": (f"RUN apt-get update && touch /a\n{INSTALL}\n", f"{JOINED}\n", "more than fetch lists"),
    "another command came along": (
        f"RUN apt-get update\n{INSTALL}\n",
        "RUN apt-get update && apt-get install -y curl && touch /a\n",
        "something else than before",
    ),
    "the command has other options": (
        f"RUN apt-get update\n{INSTALL}\n",
        "RUN apt-get update -y && apt-get install -y curl\n",
        "not begin with the command",
    ),
    "a failure is forgotten": (
        f"RUN apt-get update\n{INSTALL}\n",
        "RUN apt-get update; apt-get install -y curl\n",
        "although the lists were not fetched",
    ),
    "another shell": (
        f'RUN apt-get update\nSHELL ["/bin/bash", "-c"]\n{INSTALL}\n',
        f'SHELL ["/bin/bash", "-c"]\n{JOINED}\n',
        "in another shell",
    ),
    "another network": (f"RUN --network=host apt-get update\n{INSTALL}\n", f"{JOINED}\n", "other flags"),
    "other sources": (
        f"RUN apt-get update\nCOPY a.list /etc/apt/sources.list.d/\n{INSTALL}\n",
        f"COPY a.list /etc/apt/sources.list.d/\n{JOINED}\n",
        "lists may be others",
    ),
    "a script in between": (
        f"RUN apt-get update\nRUN /setup.sh\n{INSTALL}\n",
        f"RUN /setup.sh\n{JOINED}\n",
        "lists may be others",
    ),
    "another step needs the lists": (
        f"RUN apt-get update\nRUN apt-get install -y gcc\n{INSTALL}\n",
        f"RUN apt-get install -y gcc\n{JOINED}\n",
        "line 3 may need the lists",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_refuses_what_is_wrong(name: str) -> None:
    old, new, reason = WRONG[name]
    written = new.rstrip("\n").split("\n")[-1]
    assert reason in (check(old, new, written) or "nothing")
