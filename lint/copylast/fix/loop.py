"""The fix loop: choose, apply, prove, look again, until nothing is left to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from copylast.context.files import BuildContext
from copylast.context.memory import OverlayContext
from copylast.dockerfile.source import Source
from copylast.fix.edits import Conflict, apply, extent
from copylast.fix.proof import prove
from copylast.layers.model import LayerModel
from copylast.records import NamedTuple
from copylast.rule.diagnostic import Diagnostic, Safety, Severity

PROOFS = 50
"""Fixes of one file that are tried in one run: each is proved by looking at the whole file again."""
_NEXT_RUN = f"one run fixes {PROOFS} findings of a file at the most: run it again"
ROUNDS = 10
"""A file that still changes after so many rounds is given back as it was."""


class Skipped(NamedTuple):
    """A fix that was offered and not applied, and why."""

    code: str
    reason: str
    line: int


class FixOutcome(NamedTuple):
    """What came of it.

    ``texts``: the new text of every file that changed, by path. ``remaining``: what the last look found.
    """

    texts: Mapping[str, str]
    applied: tuple[Diagnostic, ...]
    skipped: tuple[Skipped, ...]
    remaining: tuple[Diagnostic, ...]
    rounds: int


Lint = Callable[[Source, "BuildContext | None"], tuple[LayerModel, Sequence[Diagnostic]]]
"""Reads one Dockerfile with its context and gives the model and the findings that are not suppressed."""


def fix(
    source: Source,
    context: BuildContext | None,
    lint: Lint,
    *,
    allow_unsafe: bool,
    fixable: Callable[[Diagnostic], bool] = lambda diagnostic: True,
) -> FixOutcome:
    """Apply every fix that may be applied and can be proved. Never writes to disk.

    A fix that fails its proof is left out and the reason kept. If the rounds run out or a text comes
    back that was there before, the original is given back and the codes are named.
    """
    least = Safety.UNSAFE if allow_unsafe else Safety.SAFE
    path = source.path
    originals = {path: source.text}
    texts = dict(originals)
    seen = {_state(texts)}
    skipped: dict[tuple[str, str], Skipped] = {}
    rejected: set[tuple[object, ...]] = set()
    applied: list[Diagnostic] = []
    here = context
    model, found = lint(source, context)
    start = tuple(found)
    left = PROOFS
    for rounds in range(ROUNDS):
        chosen = _choose(found, path, least, fixable, rejected)
        for diagnostic in chosen[left:]:
            skipped[diagnostic.code, _NEXT_RUN] = Skipped(diagnostic.code, _NEXT_RUN, _line(diagnostic, texts, path))
        chosen = chosen[:left]
        left -= len(chosen)
        progress = False
        known: Sequence[Diagnostic] = found
        for diagnostic in reversed(chosen):
            assert diagnostic.fix is not None
            reason, new_texts, new_here, new_model, new_found = _try(
                diagnostic, texts, path, here, model, known, lint
            )
            if reason is not None:
                skipped[diagnostic.code, reason] = Skipped(diagnostic.code, reason, _line(diagnostic, texts, path))
                rejected.add(_key(diagnostic))
                continue
            texts, here, model, known = new_texts, new_here, new_model, new_found
            applied.append(diagnostic)
            progress = True
        if not progress:
            changed = {p: t for p, t in texts.items() if t != originals.get(p)}
            return FixOutcome(changed, tuple(applied), tuple(skipped.values()), tuple(found), rounds)
        model, found = lint(Source(texts[path], path), here)
        state = _state(texts)
        if state in seen:
            break
        seen.add(state)
    codes = ", ".join(sorted({d.code for d in applied}))
    stuck = Skipped(codes, "the fixes of this file undo each other, so it was left as it was", 1)
    return FixOutcome({}, (), (*skipped.values(), stuck), start, ROUNDS)


def _line(diagnostic: Diagnostic, texts: Mapping[str, str], path: str) -> int:
    return Source(texts[path], path).position(diagnostic.span.start).line


def _state(texts: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(texts.items()))


def _key(diagnostic: Diagnostic) -> tuple[object, ...]:
    assert diagnostic.fix is not None
    # Places move from round to round; what is said and what would be written does not.
    return (diagnostic.code, diagnostic.message, tuple(edit.text for edit in diagnostic.fix.edits))


def _choose(
    found: Sequence[Diagnostic],
    path: str,
    least: Safety,
    fixable: Callable[[Diagnostic], bool],
    rejected: set[tuple[object, ...]],
) -> list[Diagnostic]:
    """Fixes that do not touch each other, by their place in the Dockerfile; the first one wins."""
    candidates: list[tuple[int, int, Diagnostic]] = []
    for diagnostic in found:
        fix = diagnostic.fix
        if fix is None or fix.safety < least or not fixable(diagnostic) or _key(diagnostic) in rejected:
            continue
        first, last = extent(fix, path) or (0, 0)
        candidates.append((first, last, diagnostic))
    candidates.sort(key=lambda c: (c[0], c[1], c[2].code))
    chosen: list[Diagnostic] = []
    others: set[str] = set()
    end = -1
    for start, stop, diagnostic in candidates:
        assert diagnostic.fix is not None
        elsewhere = {e.path for e in diagnostic.fix.edits if e.path != path}
        # A second fix of the ignore file waits for the next round: its offsets are of the old text.
        if start <= end or elsewhere & others:
            continue
        chosen.append(diagnostic)
        others |= elsewhere
        end = stop
    return chosen


def _try(
    diagnostic: Diagnostic,
    texts: Mapping[str, str],
    path: str,
    context: BuildContext | None,
    before: LayerModel,
    known: Sequence[Diagnostic],
    lint: Lint,
) -> tuple[str | None, dict[str, str], BuildContext | None, LayerModel, Sequence[Diagnostic]]:
    """Apply one fix and prove it; the reason, if any, why it is left out, and the new state.

    ``known`` are the findings in the text as it is.
    """
    assert diagnostic.fix is not None
    current = dict(texts)
    ignore = context.ignore if context is not None else None
    if context is not None and ignore is not None:
        current.setdefault(context.shown(ignore.path), ignore.text)
    try:
        new = apply(current, diagnostic.fix.edits)
    except Conflict as conflict:
        return str(conflict), dict(texts), context, before, known
    new = {p: text for p, text in new.items() if p == path or p in texts or text != current.get(p)}
    here = context
    if context is not None:
        names = {context.shown(name): name for name in context.ignore_names}
        changed = {names[p]: text for p, text in new.items() if p in names and text != current.get(p)}
        if changed:
            here = OverlayContext(context, changed)
    model, found = lint(Source(new[path], path), here)
    reason = prove(before, model, diagnostic.fix.effect) or _worse(diagnostic, known, found)
    if reason is not None:
        return f"the fix could not be proved: {reason}", dict(texts), context, before, known
    return None, new, here, model, found


ORDER = "CPL1"
"""How the codes of the rules on order begin."""
OUTSHONE = frozenset({"CPL105", "CPL106"})
"""What stays unsaid while another finding of order speaks of the same install, and comes to light when that goes."""


LATER = frozenset({"CPL102", "CPL107"})
"""What stays unsaid of a step that installs dependencies, too, and comes to light in the half that is cut off."""


def _worse(fixed: Diagnostic, known: Sequence[Diagnostic], found: Sequence[Diagnostic]) -> str | None:
    """A finding that a fix leaves or makes: the one that it is for must go, and no other of order may come.

    Information may: what stood below the source may stand below manifests only.
    """
    old = Counter((d.code, d.message) for d in known)
    new = Counter((d.code, d.message) for d in found)
    own = (fixed.code, fixed.message)
    if new[own] >= old[own]:
        return f"{fixed.code} would still be there"
    loud = {(d.code, d.message) for d in found if d.severity > Severity.INFO}
    outshone: frozenset[str] = OUTSHONE if fixed.code not in OUTSHONE else frozenset()
    if fixed.fix is not None and fixed.fix.effect.rewrites and fixed.code not in LATER:
        outshone |= LATER
    more = [
        key
        for key in new
        if key[0].startswith(ORDER) and key[0] not in outshone and key in loud and new[key] > old[key]
    ]
    return f"{more[0][0]} would be new: {more[0][1]}" if more else None
