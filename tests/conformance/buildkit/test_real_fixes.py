"""Fixes of projects that are hard on a fixer, built for real with stub installers.

A fixer may leave such a project alone; what it writes has to build, to leave the image as it was, and to keep
the install in the cache when a source file is edited.
"""

from __future__ import annotations

from concurrent.futures import Future

import pytest
from tests.conformance.buildkit.fixing import Proven, newly_cached
from tests.conformance.buildkit.inline import PROJECTS

from copylast.prove.report import describe

LEFT_ALONE = {
    "list is a link",
    "list behind a link to a directory",
    "member is a link",
    "blank and brackets in names",
    "wildcard characters in a directory",
    "dollar in a name",
    "two COPYs, the second lays over the first",
    "directory made in between with a mode",
    "umask in the step",
}
"""What the fixer does not touch."""


@pytest.mark.parametrize("hard", PROJECTS)
def test_fix_changes_nothing_and_spares_the_install(hard: str, proven: dict[str, Future[Proven]]) -> None:
    found = proven[hard].result()
    if found.report is None:
        assert hard in LEFT_ALONE
        return
    assert found.report.same, f"{found.text}\n{describe(found.report)}"
    assert newly_cached(found.report), f"{found.text}\n{describe(found.report)}"
    assert not found.report.lost, f"{found.text}\n{describe(found.report)}"
    assert hard not in LEFT_ALONE
