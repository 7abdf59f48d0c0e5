"""The fixes of the cases, built for real with stub installers: the image stays the same, the install stays cached."""

from __future__ import annotations

from concurrent.futures import Future

import pytest
from _pytest.mark import ParameterSet
from tests.casebook import cases
from tests.conformance.buildkit.fixing import Built, newly_cached, without_stub

from copylast.prove.filesystem import GONE
from copylast.prove.report import describe


def _fixed(prefix: str) -> list[ParameterSet]:
    """The fixed texts of all cases; those that no stub can build are skipped, with the reason."""
    found: list[ParameterSet] = []
    for case in cases():
        written = {path.replace("/", "-"): path for path in case.dockerfiles}
        for file in sorted(case.folder.glob(f"{prefix}.*")):
            dockerfile = written.get(file.name.removeprefix(f"{prefix}."))
            if dockerfile is not None:
                missing = without_stub(case, dockerfile)
                reason = f"no stub stands for {', '.join(missing)} (see managers.py)"
                marks = [pytest.mark.skip(reason)] if missing else []
                found.append(pytest.param(f"{case.name}/{file.name}", id=f"{case.name}/{file.name}", marks=marks))
    return found


SAFE = _fixed("fixed")
UNSAFE = _fixed("unsafe")

COMPLETING = ("incomplete-", "lock-")
"""Cases with these names have installs that see too little: their fix is there to change what is installed."""

SURE = ("cargo-", "composer-", "go-", "npm-", "pip-", "stage-")
"""Cases with these names have stubs that were written for them; others are skipped where the stubs know too little."""

TOO_MUCH = ("npm-executable-of-a-member/",)
"""Cases that these stubs do not build all the same: this one runs a program that a member brings."""


def _built(name: str, proofs: dict[str, Future[Built]]) -> Built:
    """The proof, or a skip for a project that the stubs cannot build even as it is."""
    built = proofs[name].result()
    first = built.report.first.built
    if not first.ok and (name.startswith(TOO_MUCH) or not name.startswith((*SURE, *COMPLETING))):
        case = name.partition("/")[0]
        failed = next((step.text for step in first.steps if step.status == "failed"), None)
        if failed is None:
            pytest.skip(f"this builder is too old for {case}: {first.complaint}")
        pytest.skip(f"the stubs do not build {case} before its fix: {failed}")
    return built


@pytest.mark.parametrize("proof", SAFE)
def test_safe_fix_changes_nothing_and_spares_the_install(proof: str, proofs: dict[str, Future[Built]]) -> None:
    report, promised, mended = _built(proof, proofs)
    if proof.startswith(COMPLETING):
        if mended is not None:
            # The install does not even end without what the fix copies.
            assert mended.failed is None, describe(mended)
            return
        # What the install missed before is there, and nothing went.
        assert report.failed is None, describe(report)
        assert all(one.what != GONE for one in report.differences), describe(report)
    else:
        assert report.same, describe(report)
    assert newly_cached(report) or not promised, describe(report)
    assert not report.lost, describe(report)


@pytest.mark.parametrize("proof", UNSAFE)
def test_unsafe_fix_builds_and_spares_the_install(proof: str, proofs: dict[str, Future[Built]]) -> None:
    report, promised, mended = _built(proof, proofs)
    if proof.startswith(COMPLETING) and mended is not None:
        assert mended.failed is None, describe(mended)
        return
    assert report.failed is None, describe(report)
    assert newly_cached(report) or not promised, describe(report)
    assert not report.lost, describe(report)


def test_enough_is_proven(proofs: dict[str, Future[Built]]) -> None:
    """What is skipped must not become the most of it."""
    if len(proofs) < len(SAFE):
        pytest.skip("not all cases were asked for")
    built = [one.result() for one in proofs.values()]
    assert sum(one.report.failed is None for one in built) >= 270
    assert sum(one.promised and bool(newly_cached(one.report)) for one in built if one.report.failed is None) >= 240
