"""Which rules run, and whose fixes may be applied."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Sequence

from copylast.engine.error import ConfigError, guess
from copylast.engine.settings import Settings
from copylast.rule.plugins import RuleHandle

_NEVER = -1
_DEFAULT = 0
_EXACT = 1000

_SELECTOR_KEYS = ("select", "extend-select", "ignore", "fixable", "unfixable")


class Selection:
    """The rules that are on under one set of settings, and what of that changes for a single file."""

    def __init__(self, settings: Settings, rules: Sequence[RuleHandle]) -> None:
        """Raises :class:`ConfigError` for a selector that names no rule."""
        _check(settings, rules)
        wanted = None if settings.select is None else (*settings.select, *settings.extend_select)
        extra = settings.extend_select if wanted is None else ()
        on: list[RuleHandle] = []
        for rule in rules:
            if wanted is None:
                chosen = max(_NEVER if rule.opt_in else _DEFAULT, _weight(rule, extra))
            else:
                chosen = _weight(rule, wanted)
            if chosen > _NEVER and chosen > _weight(rule, settings.ignore):
                on.append(rule)
        self.rules = tuple(on)
        self.fixable = frozenset(
            rule.code for rule in rules if _weight(rule, settings.fixable) > _weight(rule, settings.unfixable)
        )
        self._per_file = [
            (base or os.getcwd(), glob, tuple(selectors))
            for base, glob, selectors in settings.by_glob("per-file-ignores")
        ]

    def for_file(self, path: str) -> tuple[RuleHandle, ...]:
        """The rules that run on the Dockerfile at ``path`` (absolute)."""
        off: list[str] = []
        for base, glob, selectors in self._per_file:
            if matches(path, base, glob):
                off += selectors
        return tuple(rule for rule in self.rules if _weight(rule, off) == _NEVER) if off else self.rules


def matches(path: str, base: str, glob: str) -> bool:
    """Does a glob of the configuration mean this file? Without ``/`` it is about the name, else about the
    path below ``base``; ``**`` crosses folders, and what matches a folder matches everything in it."""
    from fnmatch import fnmatchcase

    inside = os.path.relpath(path, base).replace(os.sep, "/")
    glob = glob.strip().removeprefix("./").rstrip("/")
    parts = inside.split("/")
    if "/" not in glob:
        return any(fnmatchcase(part, glob) for part in parts)
    heads = ["/".join(parts[:end]) for end in range(1, len(parts) + 1)]
    forms = [glob.removeprefix("/")]
    if glob.startswith("**/"):
        forms.append(glob[3:])
    forms += [form.replace("/**/", "/") for form in forms if "/**/" in form]
    # fnmatch's "*" crosses "/"; compare part by part unless "**" asks for that.
    return any(_parts_match(head, form) for form in forms for head in heads)


def _parts_match(path: str, glob: str) -> bool:
    from fnmatch import fnmatchcase

    if "**" in glob:
        return fnmatchcase(path, glob)
    have, want = path.split("/"), glob.split("/")
    return len(have) == len(want) and all(map(fnmatchcase, have, want))


def _weight(rule: RuleHandle, selectors: Iterable[str]) -> int:
    """How exactly the selectors name the rule: -1 not at all, 0 by ALL, else by the length of the prefix."""
    best = _NEVER
    for selector in selectors:
        if selector in (rule.code, rule.name):
            return _EXACT
        # An opt-in rule wants to be called by its name; a family is not enough.
        if selector == "ALL":
            best = max(best, _DEFAULT)
        elif not rule.opt_in and rule.code.startswith(selector):
            best = max(best, len(selector))
    return best


def _check(settings: Settings, rules: Sequence[RuleHandle]) -> None:
    known = {rule.code for rule in rules} | {rule.name for rule in rules}
    for key in _SELECTOR_KEYS:
        for layer in settings.layers(key):
            for selector in layer.values[key]:
                if not names_a_rule(selector, rules):
                    message = f'"{selector}" is no rule, prefix of one, or ALL{guess(selector, known)}'
                    raise layer.error([key], message, selector)
    for layer in settings.layers("per-file-ignores"):
        for glob, selectors in layer.values["per-file-ignores"].items():
            for selector in selectors:
                if not names_a_rule(selector, rules):
                    message = f'"{selector}" is no rule, prefix of one, or ALL{guess(selector, known)}'
                    raise layer.error(["per-file-ignores", glob], message, selector)


def names_a_rule(selector: str, rules: Collection[RuleHandle]) -> bool:
    """Is it ALL, a rule's code or name, or the beginning of some code?"""
    return selector == "ALL" or any(rule.name == selector or rule.code.startswith(selector) for rule in rules)


def require_rules(selection: Selection) -> None:
    """A run that would check nothing must not pass. Raises :class:`ConfigError`."""
    if not selection.rules:
        raise ConfigError("", "no rule is selected, so nothing would be checked")
