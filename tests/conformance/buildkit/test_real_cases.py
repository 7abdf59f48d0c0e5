"""The fixes of the cases, built for real with stub installers: the image stays the same, the install stays cached."""

from __future__ import annotations

from concurrent.futures import Future

import pytest
from tests.casebook import cases
from tests.conformance.buildkit.fixing import newly_cached

from copylast.prove.report import ProofReport, describe


def _fixed() -> list[str]:
    return sorted(
        f"{case.name}/{file.name}"
        for case in cases()
        for file in case.folder.iterdir()
        if file.name.startswith(("fixed.", "unsafe.")) and not file.name.endswith("dockerignore")
    )


SAFE = [name for name in _fixed() if "/fixed." in name]
UNSAFE = [name for name in _fixed() if "/unsafe." in name]


@pytest.mark.parametrize("proof", SAFE)
def test_safe_fix_changes_nothing_and_spares_the_install(proof: str, proofs: dict[str, Future[ProofReport]]) -> None:
    report = proofs[proof].result()
    assert report.same, describe(report)
    assert newly_cached(report), describe(report)
    assert not report.lost, describe(report)


@pytest.mark.parametrize("proof", UNSAFE)
def test_unsafe_fix_builds_and_spares_the_install(proof: str, proofs: dict[str, Future[ProofReport]]) -> None:
    report = proofs[proof].result()
    assert report.failed is None, describe(report)
    assert newly_cached(report), describe(report)
    assert not report.lost, describe(report)
