"""Fixes of projects with real dependencies: pip and npm fetch them while the image is built."""

from __future__ import annotations

from concurrent.futures import Future

import pytest
from tests.conformance.buildkit.fixing import Installed, newly_cached
from tests.conformance.buildkit.installs import PROJECTS, TOOLS

from copylast.prove.report import describe

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("real", PROJECTS)
def test_fix_changes_nothing_and_spares_the_install(real: str, installed: dict[str, Future[Installed]]) -> None:
    found, arrived = installed[real].result()
    assert found is not None and found.report is not None, "there was no fix to build"
    assert found.report.same, f"{found.text}\n{describe(found.report)}"
    assert newly_cached(found.report), f"{found.text}\n{describe(found.report)}"
    assert not found.report.lost, f"{found.text}\n{describe(found.report)}"
    assert arrived, "nothing was installed for real"


@pytest.mark.parametrize("manager", TOOLS)
def test_no_image_has_what_is_to_be_installed(manager: str, installed: dict[str, Future[Installed]]) -> None:
    assert not installed[manager].result().arrived


def test_pip_and_npm_prove_ten() -> None:
    assert sum(name.startswith(("pip: ", "npm: ")) for name in PROJECTS) >= 10
