"""How often files of a build context change."""

from __future__ import annotations

from copylast.records import NamedTuple
from copylast.typed import Literal

Tendency = Literal["volatile", "ordinary", "stable", "unknown"]


class Churn(NamedTuple):
    """How often files changed: in ``changed`` of the last ``commits`` commits.

    ``tendency`` says whether that is often or seldom; it is *unknown* where there are too few commits to tell.
    """

    changed: int
    commits: int
    tendency: Tendency
