"""Fixes that keep files out of the build context: lines for the ignore file that counts, or a new one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from copylast.context.files import BuildContext
from copylast.context.ignore import IgnorePattern
from copylast.context.memory import OverlayContext
from copylast.layers.model import LayerModel
from copylast.records import NamedTuple
from copylast.rule.diagnostic import Edit, Effect, Fix, Safety
from copylast.rule.refusal import Refused

_GATE = 12


class IgnoreEdit(NamedTuple):
    """Lines that go into the ignore file: the edit, and the build context with it."""

    edit: Edit
    after: BuildContext


def ignore_edit(context: BuildContext, patterns: Sequence[str], probes: Iterable[str]) -> IgnoreEdit:
    """Put ``patterns`` into the ignore file, before the first ``!`` that could undo them, or make a new one.

    ``probes`` are context paths that must be left out then. Raises :class:`Refused` where a line brings one back.
    """
    ignore = context.ignore
    if ignore is None:
        name = context.ignore_names[-1]
        if any(context.raw_entry(one) is not None for one in context.ignore_names):
            raise Refused(_GATE, f"there is a {name} that cannot be read as a file")
        text = "".join(f"{pattern}\n" for pattern in patterns)
        edit = Edit(context.shown(name), 0, 0, text)
    else:
        name = ignore.path
        insertion = ignore.insert_before_first_reinclude(patterns)
        text = insertion.file.text
        edit = Edit(context.shown(name), insertion.offset, insertion.offset, insertion.inserted)
    after = OverlayContext(context, {name: text})
    for probe in probes:
        if not after.ignored(probe):
            raise Refused(_GATE, f"a line of {name} brings {probe} back")
    return IgnoreEdit(edit, after)


def leave_out(
    model: LayerModel,
    patterns: Sequence[str],
    probes: Iterable[str],
    title: str,
    safety: Safety,
    *,
    drops: Sequence[str] = (),
) -> Fix:
    """A fix that keeps out of the context what ``patterns`` match.

    ``drops`` are the paths among it that are part of the repository; without a name there, none may be. Raises
    :class:`Refused` if a COPY, a bind mount or an install of any Dockerfile that shares the ignore file needs
    something of it.
    """
    from copylast.rule.sharing import lost

    context = model.context
    assert context is not None
    edit, after = ignore_edit(context, patterns, probes)
    missing = lost(model, after, patterns)
    if missing is not None:
        raise Refused(_GATE, missing)
    return Fix(title, (edit,), safety, Effect(excludes=tuple(patterns), drops=tuple(drops)))


def at_every_depth(model: LayerModel, pattern: IgnorePattern, title: str) -> Fix:
    """A fix that puts ``**/`` before a pattern of the ignore file, so that it counts below the root too.

    Raises :class:`Refused` as :func:`leave_out` does.
    """
    from copylast.rule.sharing import lost, only_declared

    context = model.context
    assert context is not None and context.ignore is not None
    ignore, at = context.ignore, pattern.span.start
    after = OverlayContext(context, {ignore.path: f"{ignore.text[:at]}**/{ignore.text[at:]}"})
    patterns = (f"**/{pattern.text}",)
    missing = lost(model, after, patterns) or only_declared(context, after, patterns, ())
    if missing is not None:
        raise Refused(_GATE, missing)
    return Fix(title, (Edit(context.shown(ignore.path), at, at, "**/"),), Safety.SAFE, Effect(excludes=patterns))
