"""Wheels, and environments in which only what is installed can be imported."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.conftest import ROOT


def clean() -> dict[str, str]:
    """An environment in which only what is installed can be imported."""
    return {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}


def call(*command: str | Path, cwd: Path, code: int = 0) -> str:
    """What a command prints; it must end with ``code``."""
    done = subprocess.run([*map(str, command)], cwd=cwd, env=clean(), capture_output=True, text=True, timeout=600)
    assert done.returncode == code, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


def example_plugin(folder: Path) -> Path:
    """The wheel of docs/example-plugin, built in ``folder``; without setuptools or an index the test is skipped."""
    # A copy: building writes into the tree.
    made = shutil.ignore_patterns("__pycache__", "build", "*.egg-info")
    source = shutil.copytree(ROOT / "docs" / "example-plugin", folder / "source", ignore=made)
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(folder), str(source)]
    done = subprocess.run(command, cwd=folder, env=clean(), capture_output=True, text=True, timeout=600)
    if done.returncode and "setuptools" in done.stderr and "No matching distribution" in done.stderr:
        pytest.skip("the example plugin is not built: pip cannot get setuptools")
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = folder.glob("*.whl")
    return wheel
