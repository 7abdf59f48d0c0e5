"""The examples of docs/layers.md are what the command prints for the sample project.

``COPYLAST_UPDATE_CASES=1`` writes them.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.conftest import ROOT, Copylast

PAGE = ROOT / "docs" / "layers.md"
_BLOCK = re.compile(r"(?ms)^```(\w+)\n(.*?)^```$")


@pytest.fixture
def sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The sample project, committed, with the page's log and one edited file."""
    top = tmp_path / "notes"
    shutil.copytree(ROOT / "examples" / "notes", top)
    monkeypatch.chdir(top)
    for command in ("init -q", "add -A", "commit -qm sample"):
        identity = ["-c", "user.name=x", "-c", "user.email=x@y.example"]
        subprocess.run(["git", *identity, *command.split()], check=True, capture_output=True)
    with open("app/server.py", "a") as stream:
        stream.write("# edited\n")
    return top


def test_the_examples_are_real(
    sample: Path, copylast: Copylast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    update = os.environ.get("COPYLAST_UPDATE_CASES")
    # The command would take it for a setting.
    monkeypatch.delenv("COPYLAST_UPDATE_CASES", raising=False)
    text = PAGE.read_text("utf-8")
    blocks = _BLOCK.findall(text)
    (log,) = (block for kind, block in blocks if kind == "log")
    (tmp_path / "build.log").write_text(log)
    (tmp_path / "earlier.log").write_text(log.replace("CACHED", "DONE 0.1s"))

    def run(match: re.Match[str]) -> str:
        kind, block = match.groups()
        if kind != "console":
            return match[0]
        command = block.splitlines()[0]
        program, *arguments = shlex.split(command.removeprefix("$ "))
        assert program == "copylast"
        words = (f"../{word}" if (tmp_path / word).is_file() else word for word in arguments)
        done = copylast(*words, PYTHONIOENCODING="utf-8")
        assert (done.returncode, done.stderr) == (0, "")
        return f"```console\n{command}\n{done.stdout.replace('../earlier', 'earlier')}```"

    real = _BLOCK.sub(run, text)
    if update:
        PAGE.write_text(real, "utf-8")
    assert real == text
    assert real.count("```console") >= 5
