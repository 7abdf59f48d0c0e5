"""The wheel of this tree."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tests.conftest import ROOT
from tests.packaging.building import call


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    source = tmp_path_factory.mktemp("source") / "copylast"
    # A copy: building writes into the tree.
    names = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "lint", "rules", "setup.cfg", "pyproject.toml", "README.md"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    ).stdout.splitlines() or [
        str(p.relative_to(ROOT))
        for top in ("lint", "rules", "setup.cfg", "pyproject.toml", "README.md")
        for p in ([ROOT / top] if (ROOT / top).is_file() else (ROOT / top).rglob("*"))
        if p.is_file() and "__pycache__" not in p.parts
    ]
    for name in [*names, "LICENSE"]:
        if (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((ROOT / name).read_bytes())
    call(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, source, cwd=folder)
    (made,) = folder.glob("*.whl")
    return made
