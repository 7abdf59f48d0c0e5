"""The table ``[again]`` of a descriptor; few have one."""

from __future__ import annotations

from copylast.ecosystem.descriptor import Again, Fit
from copylast.ecosystem.table import Table


def read_again(t: Table) -> Again:
    """What the table says. Raises :class:`DescriptorError`."""
    again = Again(
        anew=t.phrases("anew"),
        options=t.texts("options"),
        beside=t.flag("beside"),
        choose=t.texts("choose"),
        unclear=t.texts("unclear"),
        prune=t.optional_text("prune") or "",
        fits=tuple(_fit(f) for f in t.tables("fits")),
    )
    t.done()
    return again


def _fit(t: Table) -> Fit:
    fit = Fit(
        early=t.phrases("early"),
        late=t.phrases("late"),
        alike=t.texts("alike"),
        only_with=t.texts("only-with"),
        unclear=t.texts("unclear"),
        images=t.pattern("images"),
        settled=t.pattern("settled"),
    )
    for key, value in (("early", fit.early), ("late", fit.late), ("alike", fit.alike)):
        if not value:
            raise t.error(key, "at least one is needed")
    t.done()
    return fit
