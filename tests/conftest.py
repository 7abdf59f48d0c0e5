"""What every test needs: the two source roots for child processes, and a scrubbed environment."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from subprocess import CompletedProcess, run

import pytest
from hypothesis import settings

# A busy machine is no bug; and CI must give the same answer twice. New examples are for developers.
settings.register_profile("steady", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("steady")

ROOT = Path(__file__).parent.parent

# pytest's ``pythonpath`` is for this process only: child processes need it too.
os.environ["PYTHONPATH"] = os.pathsep.join(str(ROOT / d) for d in ("lint", "rules", "."))

# What the machine or the CI sets must not decide what a test sees.
_KEPT = ("COPYLAST_UPDATE_CASES", "COPYLAST_EXAMPLES")
for _name in set(os.environ) - set(_KEPT):
    if _name.startswith(("COPYLAST_", "GITHUB_", "GIT_")) or _name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        del os.environ[_name]

Project = Callable[[Mapping[str, str]], Path]
Copylast = Callable[..., CompletedProcess[str]]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many random texts other readers were asked about: a comparison of nothing proves nothing."""
    from tests.examples import compared

    for name, count in sorted(compared.items()):
        terminalreporter.write_line(f"compared with {name}: {count} random texts")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Makes a project of the given files, with a git top so that nothing above it counts, and goes there."""

    def make(files: Mapping[str, str]) -> Path:
        top = tmp_path / "project"
        (top / ".git").mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            path = top / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        monkeypatch.chdir(top)
        return top

    return make


@pytest.fixture
def copylast() -> Copylast:
    """Runs ``python -m copylast`` as a process of its own."""

    def call(*arguments: str, input: str | None = None, **environment: str) -> CompletedProcess[str]:
        command = [sys.executable, "-m", "copylast", *arguments]
        return run(
            command, capture_output=True, text=True, input=input, env={**os.environ, **environment}, timeout=120
        )

    return call
