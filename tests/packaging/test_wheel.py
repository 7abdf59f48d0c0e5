"""The wheel, installed into an environment of its own: what is in it, and that all doors open."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from tests.conftest import ROOT
from tests.packaging.building import call, clean

WRONG = "FROM python:3.12-slim\nCOPY . .\nRUN pip install -r requirements.txt\n"

PLUGIN = '''
from collections.abc import Iterable

from copylast import Diagnostic, Rule, Severity, View, hookimpl


class Latest(Rule):
    """A base image without a version."""

    code = "ACME101"
    name = "no-latest"
    severity = Severity.WARNING

    def check(self, view: View) -> Iterable[Diagnostic]:
        """One finding a stage."""
        for stage in view.dockerfile.stages:
            if ":" not in stage.from_.rest:
                yield Diagnostic(self.code, self.name, "no version", stage.from_.span, self.severity)


@hookimpl
def copylast_get_rules() -> list[type[Rule]]:
    return [Latest]
'''


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of an environment with the wheel in it."""
    folder = tmp_path_factory.mktemp("environment")
    call(sys.executable, "-m", "venv", folder, cwd=folder)
    call(folder / "bin" / "pip", "install", "-q", wheel, cwd=folder)
    return folder / "bin"


def test_everything_is_in_the_wheel(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    packed = {name for name in names if ".dist-info/" not in name}
    there = {
        path.relative_to(root).as_posix()
        for root, package in ((ROOT / "lint", "copylast"), (ROOT / "rules", "copylast_rules"))
        for path in (root / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert packed == there
    assert {name.split("/")[0] for name in packed} == {"copylast", "copylast_rules"}
    assert any(name.endswith("LICENSE") for name in names)


def test_every_door_opens(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text(WRONG)
    (tmp_path / "requirements.txt").write_text("flask\n")
    (tmp_path / "app.py").write_text("")
    for command in ([installed / "copylast"], [installed / "python", "-m", "copylast"]):
        assert "CPL101" in call(*command, "check", "--context", ".", cwd=tmp_path, code=1)
        assert call(*command, "--version", cwd=tmp_path).startswith("copylast ")
        assert '"$schema"' in call(*command, "config", "schema", cwd=tmp_path)
    call(installed / "copylast", "check", "--fix", "--context", ".", cwd=tmp_path)
    assert (tmp_path / "Dockerfile").read_text().index("RUN") < (tmp_path / "Dockerfile").read_text().index("COPY . .")


def test_a_plugin_of_someone_else(installed: Path, tmp_path: Path) -> None:
    site = next(Path(installed).parent.glob("lib/python*/site-packages"))
    (site / "acme_rules.py").write_text(PLUGIN)
    info = site / "acme_rules-3.1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-rules\nVersion: 3.1\n")
    (info / "entry_points.txt").write_text("[copylast]\nacme = acme_rules\n")
    (tmp_path / "Dockerfile").write_text("FROM debian\n")
    copylast = installed / "copylast"
    assert "ACME101" in call(copylast, "check", cwd=tmp_path, code=1)
    assert "ACME101" in call(copylast, "rules", cwd=tmp_path)
    call(copylast, "check", "--no-plugin", "acme-rules", cwd=tmp_path)
    (site / "acme_rules.py").write_text("raise RuntimeError('broken')\n")
    done = subprocess.run([copylast, "check"], cwd=tmp_path, env=clean(), capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr == "copylast: plugin acme-rules 3.1 does not load: RuntimeError: broken\n"


def test_a_plugin_is_checked_against_our_types(installed: Path, tmp_path: Path) -> None:
    pytest.importorskip("mypy", reason="types in the wheel are not checked: pip install mypy")
    (tmp_path / "acme.py").write_text(PLUGIN)
    options = ["--strict", "--python-executable", str(installed / "python"), "--cache-dir", str(tmp_path / "cache")]
    call(sys.executable, "-m", "mypy", *options, "acme.py", cwd=tmp_path)
    (tmp_path / "acme.py").write_text(PLUGIN.replace("stage.from_.rest", "stage.fro.rest"))
    assert '"Stage" has no attribute "fro"' in call(
        sys.executable, "-m", "mypy", *options, "acme.py", cwd=tmp_path, code=1
    )
