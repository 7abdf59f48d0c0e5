"""What ``rm`` takes away, where its words say it."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from copylast.ecosystem.readers import Closure
from copylast.layers.commands import Facts
from copylast.layers.paths import SYSTEM_DIRS, join, overlap, within

_OPTIONS = frozenset("rRfvd")


def removed(fact: Facts) -> tuple[str, ...] | None:
    """The image paths that an ``rm`` removes; None if it is none, or where its words do not name them."""
    words = fact.command.words[1:]
    if fact.command.argv[:1] != ("rm",) or fact.cwd is None or fact.command.redirects:
        return None
    found: list[str] = []
    for word in words:
        text = word.value
        if text is None or word.names or word.glob:
            return None
        if text.startswith("-"):
            if text not in ("--recursive", "--force", "--verbose", "--") and not _OPTIONS.issuperset(text[1:]):
                return None
            continue
        path = join(fact.cwd, text)
        name = posixpath.basename(text.rstrip("/"))
        if path is None or text.startswith("~") or "$" in path or name in ("", ".", ".."):
            return None
        found.append(path)
    return tuple(found) or None


def removed_by_all(facts: Sequence[Facts]) -> tuple[str, ...]:
    """What commands remove that do nothing else; empty for any others, and where it may steer programs."""
    found: list[str] = []
    for fact in facts:
        paths = removed(fact)
        if paths is None:
            return ()
        # Projects live below these, too, and in the directory that a base image begins with.
        inside = (fact.cwd or "").startswith(("/usr/src/", "/var/www/", "/opt/", "/home/", "?"))
        for path in paths:
            if any(overlap(path, place) for place in SYSTEM_DIRS) and not (inside and within(path, fact.cwd or "")):
                return ()
        found += paths
    return tuple(found)


def made_again(facts: Sequence[Facts]) -> list[Facts]:
    """``facts`` with every ``rm`` free that removes only what a later install of the same RUN makes anew.

    Its place among COPYs does not matter then, as long as those bring nothing of the kind: the directories are
    named as written, so that they are kept out of the context.
    """
    return [_settled(fact, facts[number + 1 :]) if fact.role == "open" else fact for number, fact in enumerate(facts)]


def _settled(fact: Facts, later: Sequence[Facts]) -> Facts:
    paths = removed(fact)
    if paths is None:
        return fact
    installs = [(f.match, f.closure) for f in later if f.role == "install"]
    made = [path for _, closure in installs if closure is not None for path in closure.writes]
    read = [need.path for _, closure in installs if closure is not None for need in closure.needs]
    names = {name for match, _ in installs if match is not None for name in match.ecosystem.dependency_dirs}
    for path in paths:
        if posixpath.basename(path) not in names or any(overlap(path, one) for one in read):
            return fact
        if not any(within(path, one) for one in made):
            return fact
    return fact._replace(role="free", closure=Closure((), writes=paths), why="")
