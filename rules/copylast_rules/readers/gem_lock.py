"""Gemfile.lock: would ``bundle install`` write it again?

Source: https://bundler.io/man/bundle-lock.1.html, https://bundler.io/guides/using_bundler_in_applications.html#gemfile-lock
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from copylast import NamedTuple, lazy_regex

_DEPENDENCY = lazy_regex(r"  ([^\s!()]+)(?: \(([^)]*)\))?(!)?$")


class Lock(NamedTuple):
    """``dependencies``: name -> requirements, as written; ``platforms``; ``paths`` of gems in directories."""

    dependencies: Mapping[str, frozenset[str]]
    platforms: frozenset[str]
    paths: tuple[str, ...]


def parse_lock(text: str) -> Lock:
    """The lock that ``text`` is; lines that it does not know are passed over."""
    dependencies: dict[str, frozenset[str]] = {}
    platforms: set[str] = set()
    paths: list[str] = []
    section = ""
    for line in text.splitlines():
        if line and not line[0].isspace():
            section = line.strip()
        elif section == "DEPENDENCIES":
            found = _DEPENDENCY.match(line)
            if found:
                dependencies[found[1]] = requirements((found[2] or "").split(","))
        elif section == "PLATFORMS" and line.strip():
            platforms.add(line.strip())
        elif section == "PATH" and line.startswith("  remote: "):
            paths.append(line[10:].strip())
    return Lock(dependencies, frozenset(platforms), tuple(paths))


def requirements(written: list[str]) -> frozenset[str]:
    """Requirements in the lock's way: ``1.0`` is ``= 1.0``."""
    plain = [" ".join(re.sub(r"^([<>=~!]*)", r"\1 ", one.strip()).split()) for one in written]
    said = [one if one[0] in "<>=~!" else f"= {one}" for one in plain if one]
    return frozenset(one for one in said if one != ">= 0")


def out_of_sync(lock: Lock, gems: Mapping[str, frozenset[str] | None]) -> str | None:
    """Why the lock may be written, or None where it is proved to be in sync.

    ``gems``: the Gemfile's, with their requirements, None where those are not known.
    """
    for name, wanted in gems.items():
        if name not in lock.dependencies:
            return f"{name} is not in it"
        if wanted is None or lock.dependencies[name] != wanted:
            return f"the versions of {name} may differ"
    gone = sorted(set(lock.dependencies) - set(gems))
    if gone:
        return f"{gone[0]} is only in it"
    if "ruby" not in lock.platforms and not {"x86_64-linux", "aarch64-linux"} <= lock.platforms:
        return "it may lack the platform of the image"
    return None
