"""Who builds a Dockerfile: with an argument that is another one each time, or writing a cache for other machines."""

from __future__ import annotations

from copylast.records import NamedTuple


class Caller(NamedTuple):
    """A build that passes the argument ``name`` another value each time.

    ``changes`` says what it is ("the commit"), ``text`` is the value as written, ``where`` the file and line that
    pass it (from the project's top), ``target`` the stage that is built (None: the last).
    """

    name: str
    changes: str
    text: str
    where: str
    target: str | None = None


class Export(NamedTuple):
    """A build that exports its cache to ``caches``, each as written for ``--cache-to``.

    ``where`` and ``target`` are as for a :class:`Caller`.
    """

    caches: tuple[str, ...]
    where: str
    target: str | None = None


def nowhere() -> tuple[Export, ...]:
    """The exports where nothing is known of any."""
    return ()


def nobody() -> tuple[Caller, ...]:
    """The callers where nothing is known of any."""
    return ()
