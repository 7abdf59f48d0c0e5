"""The fixes of the cases, built for real with stub installers: the image stays the same, the install stays cached."""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet
from tests.casebook import cases
from tests.conformance.buildkit.fixing import newly_cached, without_stub

from copylast.prove.report import ProofReport, describe


def _open() -> dict[str, str]:
    """Proofs that do not hold yet, from ``open.txt``: the name of the proof, and what the builder said."""
    lines = (Path(__file__).parent / "open.txt").read_text(encoding="utf-8").splitlines()
    return {name: said for name, _, said in (line.partition(": ") for line in lines if not line.startswith("#"))}


OPEN = _open()


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
                marks: list[pytest.MarkDecorator] = [pytest.mark.skip(reason)] if missing else []
                open_ = OPEN.get(f"{case.name}/{file.name}")
                if open_ is not None:
                    marks.append(pytest.mark.xfail(reason=open_, strict=False))
                found.append(pytest.param(f"{case.name}/{file.name}", id=f"{case.name}/{file.name}", marks=marks))
    return found


SAFE = _fixed("fixed")
UNSAFE = _fixed("unsafe")


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
