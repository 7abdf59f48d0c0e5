"""Pairs of builds, and which steps of the second one the cache gives.

The expected letters were derived from what BuildKit puts into its keys before anything was built: C cached,
X executed, F failed, one a step in the order of the file (FROM and what makes no step are left out). The
pairs themselves are in ``pairs_*.py``, by what changes between the two builds.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, TypedDict

from copylast.context.memory import Content, Link, Moded

__all__ = ["BASE", "Base", "Content", "Fields", "Link", "Moded", "Pair", "Side", "URL", "pair"]

BASE = "base"
"""The name of the base image in every Dockerfile."""

URL = "http://127.0.0.1/body"
"""Stands for the address that serves ``Side.remote``."""

Files = Mapping[str, Content | None]
"""By path from the context's root; None removes. ``name/`` is a directory, with ``Moded("", mode)`` of that mode."""

PROJECT: dict[str, Content] = {"a.txt": "one\n", "b.txt": "two\n", "d/x.txt": "x\n", "d/y.txt": "y\n"}
"""The files that every pair begins with."""


class Base(NamedTuple):
    """The base image: further ``files`` in it, and settings as ``docker import --change`` takes them."""

    files: Mapping[str, str] = {}
    settings: tuple[str, ...] = ()


class Side(NamedTuple):
    """One of the two builds."""

    dockerfile: str
    files: Files = {}
    args: Mapping[str, str] = {}
    target: str | None = None
    platform: str | None = None
    network: str = "none"
    run_options: tuple[str, ...] = ()
    no_cache: tuple[str, ...] = ()
    base: Base = Base()
    remote: str | None = None
    secret: str | None = None
    name: str = "Dockerfile"
    others: tuple[str, ...] = ()
    """Options of the command line that enter no key."""


class Fields(TypedDict, total=False):
    """Fields of a :class:`Side` that a pair may set."""

    args: Mapping[str, str]
    target: str | None
    platform: str | None
    network: str
    run_options: tuple[str, ...]
    no_cache: tuple[str, ...]
    base: Base
    remote: str | None
    secret: str | None
    name: str
    others: tuple[str, ...]


class Pair(NamedTuple):
    """Two builds in a row on one builder, each with a fresh copy of its files.

    ``same`` is True where a step that runs again gives what it gave before. ``link``: only a store that can
    really link shows it. ``dated`` is what versions since ``DATED_SINCE`` do, where that is something else.
    """

    name: str
    before: Side
    after: Side
    expected: str
    same: bool = True
    link: bool = False
    dated: str = ""


def pair(
    name: str,
    expected: str,
    dockerfile: str,
    then: str | None = None,
    *,
    files: Files | None = None,
    change: Files | None = None,
    same: bool = True,
    link: bool = False,
    dated: str = "",
    first: Fields | None = None,
    second: Fields | None = None,
) -> Pair:
    """A pair in short.

    ``then`` is the second Dockerfile if it is another one, ``change`` what happens to the files in between;
    ``first`` are further fields of both sides, and ``second`` those that differ on the second.
    """
    start: dict[str, Content | None] = {**PROJECT, **(files or {})}
    before = Side(dockerfile, start)._replace(**(first or {}))
    after = before._replace(dockerfile=dockerfile if then is None else then, files={**start, **(change or {})})
    return Pair(name, before, after._replace(**(second or {})), expected, same, link, dated)
