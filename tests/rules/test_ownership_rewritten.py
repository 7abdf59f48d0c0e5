"""What CPL407 advises, and the commands that it takes for one that rewrites a directory."""

from __future__ import annotations

import pytest
from tests.casebook import lint

from copylast.context.memory import MemoryContext
from copylast.dockerfile.source import Source
from copylast_rules.mounts.ownership_rewritten import OwnershipRewritten

FILES = {"a.py": "", "lib/b.py": ""}


def advice(run: str, above: str = "") -> list[str]:
    """The help of the findings for a RUN below ``COPY . .`` in /app."""
    text = f"FROM debian:12\nWORKDIR /app\n{above}COPY . .\nRUN {run}\n"
    return [one.help for one in lint(Source(text), MemoryContext(FILES), (OwnershipRewritten(),))[1]]


@pytest.mark.parametrize(
    ("run", "said"),
    [
        ("chown -R app:app /app", ["write COPY --chown=app:app ..."]),
        ("chown --recursive app .", ["write COPY --chown=app ..."]),
        ("chown app -R ./lib/..", ["write COPY --chown=app ..."]),
        ("chmod -Rv 755 /app/*", ["write COPY --chmod=755 ..."]),
        ("chown -R $USER /app", ["write COPY --chown=... ..."]),
        ("useradd app && chown -R app /app", ["add the user above line 3, and write COPY --chown=app ..."]),
        ("chown app /app", []),
        ("chown -R app /app/lib", []),
        ("chown -R app /data", []),
        ("chown -R --reference=/etc /app", []),
        ("chmod -x /app/a.py", []),
        ("chown -R app /app/*.py", []),
    ],
)
def test_advice(run: str, said: list[str]) -> None:
    assert advice(run) == said


def test_a_user_above_the_copy_may_be_named() -> None:
    assert advice("chown -R app /app", "RUN useradd app\n") == ["write COPY --chown=app ..."]
