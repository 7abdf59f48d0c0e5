"""``copylast prove`` as a user calls it, with a real docker on the PATH."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.conformance.buildkit.daemon import PrivateDocker
from tests.conformance.buildkit.projects import write_files

FILES = {
    "Dockerfile": "FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt\n",
    "requirements.txt": "flask==3.0.3\n",
    "app.py": "print(1)\n",
}


def _prove(private: PrivateDocker, place: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "copylast", "prove", "--docker-option=--network=none", *arguments]
    return subprocess.run(
        command, cwd=place, env=private.environment, capture_output=True, text=True, timeout=300, check=False
    )


def test_shows_what_the_fix_spares(stubbed: PrivateDocker, tmp_path: Path) -> None:
    root = write_files(tmp_path / "one", FILES)
    done = _prove(stubbed, root)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "the same files, with the same modes, owners and contents" in done.stdout
    before, after = done.stdout.split("after the fix:\n")
    assert "RAN" in before.rpartition("before the fix:\n")[2]
    install = next(line for line in after.splitlines() if "pip install" in line)
    assert install.split()[0] == "cached"
    assert "No longer run again: RUN pip install -r requirements.txt" in done.stdout
    assert (root / "Dockerfile").read_text() == FILES["Dockerfile"]


def test_a_dockerfile_that_does_not_build(stubbed: PrivateDocker, tmp_path: Path) -> None:
    root = write_files(tmp_path / "two", {**FILES, "Dockerfile": FILES["Dockerfile"] + "RUN false\n"})
    done = _prove(stubbed, root, "--format", "json")
    assert done.returncode == 2, done.stdout + done.stderr
    builds = json.loads(done.stdout)["proof"]["builds"]
    assert len(builds) == 1
    assert builds[0]["steps"][-1]["status"] == "failed"


def test_a_daemon_that_is_not_there(stubbed: PrivateDocker, tmp_path: Path) -> None:
    root = write_files(tmp_path / "three", FILES)
    environment = {**stubbed.environment, "DOCKER_HOST": f"unix://{tmp_path}/no.sock"}
    command = [sys.executable, "-m", "copylast", "prove", "-q"]
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert "daemon" in done.stderr.lower()
