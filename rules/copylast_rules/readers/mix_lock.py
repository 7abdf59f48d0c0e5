"""mix.lock: would ``mix deps.get`` write it again?

Source: https://hexdocs.pm/elixir/Version.html (requirements), https://hexdocs.pm/mix/Mix.Tasks.Deps.Get.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from copylast import lazy_regex
from copylast_rules.readers.mix_files import Dependency

_LINE = lazy_regex(r'^ *"([^"]+)": *\{:(hex|git), *(?::[\w.]+, *"([^"]*)"|"[^"]*")', re.M)
_ONE = lazy_regex(r"(~>|>=|<=|==|!=|>|<)?\s*(\d+(?:\.\d+){1,2})$")


def out_of_sync(text: str, dependencies: Iterable[Dependency]) -> str | None:
    """Why the lock may be written, or None where it is proved to be in sync."""
    locked = {name: (kind, version) for name, kind, version in _LINE.findall(text)}
    for dependency in dependencies:
        if dependency.path is not None:
            continue
        kind, version = locked.get(dependency.name, ("", ""))
        if not kind:
            return f"{dependency.name} is not in it"
        if (kind == "git") != dependency.remote:
            return f"{dependency.name} comes from elsewhere"
        if kind == "hex" and not satisfies(version, dependency.requirement):
            return f"{dependency.name} {version} may not be what mix.exs asks for"
    return None


def satisfies(version: str, requirement: str | None) -> bool:
    """True if the version surely satisfies the requirement; False also where that is not known."""
    if requirement is None or not re.fullmatch(r"\d+\.\d+\.\d+", version):
        return False
    return any(all(_one(version, part) for part in way.split(" and ")) for way in requirement.split(" or "))


def _one(version: str, requirement: str) -> bool:
    found = _ONE.match(requirement.strip())
    if found is None:
        return False
    there, wanted = _numbers(version), _numbers(found[2])
    whole = (*wanted, *(0 for _ in range(3 - len(wanted))))
    operator = found[1] or "=="
    if operator == "~>":
        return there >= whole and there[: len(wanted) - 1] == wanted[:-1]
    return {
        "==": there == whole,
        "!=": there != whole,
        ">=": there >= whole,
        "<=": there <= whole,
        ">": there > whole,
        "<": there < whole,
    }[operator]


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))
