"""Which folder is the context, where no file of the project says so."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from itertools import islice

from copylast.context.gopath import glob_matcher, glob_problem, has_wildcard, in_root
from copylast.context.listings import Listings
from copylast.ondisk import absolute
from copylast.records import NamedTuple
from copylast.regexes import lazy_regex

_DOCKER_FILE = lazy_regex(r"(?i)(?:.*\.)?(?:docker|container)file(?:[._-].*)?|.*\.dockerignore|readme.*")
_CHILDREN = 1000


class Guess(NamedTuple):
    """``root`` is the folder; ``certain`` if it is the only one in which all named sources exist.

    ``possible`` are all folders in which they exist, the nearest first.
    """

    root: str
    certain: bool
    possible: tuple[str, ...] = ()


def guess_context(dockerfile_path: str, sources: Sequence[str], top: str, listings: Listings | None = None) -> Guess:
    """The nearest folder from the Dockerfile's up to ``top`` in which the local ``sources`` exist.

    ``sources`` are expanded words of COPY, ADD and bind mounts of the context; those with a variable
    left in them are no evidence. Where they name nothing (``COPY . .``), a folder that holds nothing but
    Dockerfiles is not what anyone copies, so the one above is taken. Where no folder has them all, the
    one with most. ``listings`` are those of the run.
    """
    listings = listings or Listings()
    top = absolute(top)
    here = os.path.dirname(absolute(dockerfile_path))
    folders = [here]
    while here != top and here.startswith(top.rstrip(os.sep) + os.sep):
        here = os.path.dirname(here)
        folders.append(here)
    named = sorted({path for source in sources if "$" not in source and (path := in_root(source))})
    if not named:
        whole = any("$" not in source for source in sources)
        bare = whole and len(folders) > 1 and _only_dockerfiles(listings.of(folders[0]) or ())
        return Guess(folders[1 if bare else 0], False, tuple(folders) if whole else ())
    counts = [sum(_exists(listings, folder, path) for path in named) for folder in folders]
    best = max(counts)
    if not best:
        return Guess(folders[0], False)
    possible = tuple(folder for folder, count in zip(folders, counts, strict=True) if count == len(named))
    return Guess(folders[counts.index(best)], len(possible) == 1, possible)


def _exists(listings: Listings, folder: str, path: str) -> bool:
    """Whether ``path``, perhaps with wildcards, is below ``folder``; links count as they are."""
    if not has_wildcard(path):
        return listings.exists(folder, path)
    found = [folder]
    for part in path.split("/"):
        if not has_wildcard(part):
            found = [place for one in found if os.path.lexists(place := os.path.join(one, part))]
        elif glob_problem(part):
            return False
        else:
            matches = glob_matcher(part)
            found = [os.path.join(one, name) for one in found[:_CHILDREN] for name in _names(one) if matches(name)]
    return bool(found)


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _only_dockerfiles(names: Iterable[str]) -> bool:
    return all(_DOCKER_FILE.fullmatch(name) for name in islice(names, _CHILDREN))
