"""As much of a Makefile as it takes to see which commands a target runs.

Nothing is expanded or executed: variables stay variables, conditionals count with both branches.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from copylast.records import NamedTuple
from copylast.regexes import lazy_regex

NAMES = ("GNUmakefile", "makefile", "Makefile")
"""Where make looks, in this order."""

_RULE = lazy_regex(r"^([^\s:=#][^:=#]*?)\s*::?(?!=)\s*([^=]*?)(?:;(.*))?$")
_REFERENCE = lazy_regex(r"\$\(([A-Za-z_][A-Za-z0-9_.]*)\)|\$\{([A-Za-z_][A-Za-z0-9_.]*)\}")
_FUNCTION = lazy_regex(r"\$\((?:shell|wildcard|eval|call|foreach|file|guile)\b|^-?s?include\b|^load\b|!=", re.M)


class Makefile(NamedTuple):
    """Targets with what they depend on and their recipes. ``plain`` is False where make itself runs something."""

    rules: dict[str, tuple[tuple[str, ...], tuple[str, ...]]]
    first: str | None
    plain: bool


def parse_makefile(text: str) -> Makefile:
    """Read a Makefile. Never raises; what is not understood is left out."""
    rules: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}
    first: str | None = None
    current: list[str] = []
    for line in _joined(text):
        if line.startswith("\t"):
            for target in current:
                prerequisites, recipe = rules[target]
                rules[target] = (prerequisites, (*recipe, line.strip()))
            continue
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        found = _RULE.match(line)
        if found is None:
            continue
        current = found[1].split()
        prerequisites = tuple(word for word in found[2].split() if word != "|")
        for target in current:
            before, recipe = rules.get(target, ((), ()))
            if found[3]:
                recipe = (*recipe, found[3].strip())
            rules[target] = ((*before, *prerequisites), recipe)
            if first is None and not target.startswith(".") and "%" not in target:
                first = target
    return Makefile(rules, first, _FUNCTION.search(text) is None)


def _joined(text: str) -> list[str]:
    """Logical lines; in a recipe the backslash and the newline stay, as make gives them to the shell."""
    lines: list[str] = []
    pending = ""
    for line in text.splitlines():
        pending = f"{pending}\n{line}" if pending else line
        if line.endswith("\\"):
            continue
        lines.append(pending if pending.startswith("\t") else pending.replace("\\\n", " "))
        pending = ""
    if pending:
        lines.append(pending)
    return lines


def recipe_of(makefile: Makefile, targets: Sequence[str]) -> list[str] | None:
    """The recipe lines that ``targets`` run, prerequisites first; None for a target that is not there."""
    wanted = list(targets) or ([makefile.first] if makefile.first is not None else [])
    lines: list[str] = []
    seen: set[str] = set()

    def visit(target: str, depth: int) -> bool:
        if target in seen or depth > 40:
            return True
        seen.add(target)
        rule = makefile.rules.get(target)
        if rule is None:
            return depth > 0
        for prerequisite in rule[0]:
            visit(prerequisite, depth + 1)
        lines.extend(shell_line(line) for line in rule[1])
        return True

    if not wanted or not all([visit(target, 0) for target in wanted]):
        return None
    return lines


def shell_line(line: str) -> str:
    """A recipe line as the shell gets it, but for variables of make, which become variables of the shell."""
    text = line.lstrip("@-+ \t")
    text = _REFERENCE.sub(lambda m: "${" + (m[1] or m[2]).replace(".", "_") + "}", text)
    return text.replace("$$", "$")
