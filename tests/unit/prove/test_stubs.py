"""The stub package managers that a table describes: programs of a shell, that fail where a file is missing."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from tests.conformance.buildkit.managers import CALLS, Call, script


@pytest.mark.parametrize("program", CALLS)
def test_is_a_program_of_the_shell(program: str) -> None:
    done = subprocess.run(["sh", "-n"], input=script(program), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_fails_without_a_file_and_sees_what_it_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = (
        Call("sync --quick*", ("list",), ("list", "**/part"), "out"),
        Call("sync*", writes="out", whole=True, keeps="all"),
        Call("config*|"),
    )
    monkeypatch.setitem(CALLS, "tool", calls)
    text = script("tool")

    def run(*words: str) -> tuple[int, str]:
        command = ["sh", "-s", *words]
        done = subprocess.run(command, input=text, capture_output=True, text=True, cwd=tmp_path, check=False)
        return done.returncode, done.stderr.strip()

    def kept(name: str) -> set[str]:
        return {line.split()[1] for line in (tmp_path / "out" / name).read_text().splitlines()}

    assert run("sync", "--quick") == (1, f"tool: no list in {tmp_path}")
    (tmp_path / "sub").mkdir()
    for name in ("list", "sub/part", "other", "Dockerfile"):
        (tmp_path / name).write_text(name)
    assert run("sync", "--quick", "x") == (0, "")
    assert kept(".stub") == {"./list", "./sub/part"}
    assert run("sync") == (0, "")
    assert {"./list", "./sub/part", "./other"} <= kept("all")
    assert run() == run("config", "a") == (0, "")
    assert run("nonsense") == (2, "tool: the stub does not know: nonsense")
