"""COPY's ``--parents`` and ``--exclude``, against what a real builder copied: ``tests/data/copy-flags.json``.

The builder that the tests can unpack everywhere does not know these flags, so its successor's answers are recorded.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.conformance.buildkit.projects import write_files
from tests.conformance.buildkit.selections import FILES

from copylast.context.disk import DiskContext
from copylast.context.select import select

RECORDED = Path(__file__).parent.parent / "data" / "copy-flags.json"
CASES: list[dict[str, Any]] = json.loads(RECORDED.read_text("utf-8"))["cases"]

REQUIRED = "the recorded builder cannot require a path yet; since 0.26 a name without wildcards must be there"
DIFFERENT = {
    "nope": REQUIRED,
    "secret": REQUIRED,
    "x.log": REQUIRED,
    "a.txt nope": REQUIRED,
    "to_dir/util.py": REQUIRED,
    "to_chain/util.py": REQUIRED,
    "to_root/main.py": REQUIRED,
    "to_out/main.py": REQUIRED,
    "links/dir/main.py": REQUIRED,
    "links/./dir/main.py": REQUIRED,
    "more/links/dir/a/index.js": REQUIRED,
    "back\\\\slash": "the name is sent without its backslash, so that the builder does not have it; too rare to copy",
    "src --exclude=[a-": "a pattern to leave out that is none fails the build; sources are all that is called missing",
}
"""Where the selection says something else, and why."""


def name(case: dict[str, Any]) -> str:
    return " ".join([*case["sources"], *(f"--exclude={pattern}" for pattern in case["exclude"])])


def test_every_difference_is_recorded() -> None:
    assert set(DIFFERENT) <= {name(case) for case in CASES}


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> DiskContext:
    return DiskContext(write_files(tmp_path_factory.mktemp("copy") / "context", FILES))


@pytest.mark.parametrize("case", CASES, ids=[f"{'parents ' * case['parents']}{name(case)}" for case in CASES])
def test_copies_what_the_builder_copied(case: dict[str, Any], context: DiskContext) -> None:
    selection = select(
        context, case["sources"], case["dest"], parents=case["parents"], exclude=tuple(case["exclude"])
    )
    said = None
    if not selection.missing:
        said = sorted({pair.image_path.strip("/") for pair in selection.pairs() if pair.entry.kind != "dir"})
    if name(case) in DIFFERENT and (case["parents"] or case["exclude"] == ["[a-"]):
        assert said != case["copied"]
    else:
        assert said == case["copied"]
