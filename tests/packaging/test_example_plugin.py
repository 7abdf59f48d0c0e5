"""docs/example-plugin, built and installed into an environment of its own, and used as anybody would."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tests.conftest import ROOT
from tests.packaging.building import call, clean, example_plugin

DOCKERFILE = "FROM scratch\nCOPY . .\nRUN acme install\nCMD run now\n"


@pytest.fixture(scope="module")
def copylast(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command of an environment with copylast and the plugin."""
    plugin = example_plugin(tmp_path_factory.mktemp("plugin"))
    folder = tmp_path_factory.mktemp("environment")
    call(sys.executable, "-m", "venv", folder, cwd=folder)
    call(folder / "bin" / "pip", "install", "-q", wheel, plugin, cwd=folder)
    return folder / "bin" / "copylast"


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """A project with a finding of the plugin, and one that its package manager leads to."""
    (tmp_path / ".git").mkdir()
    for name, text in (("Dockerfile", DOCKERFILE), ("acme.toml", ""), ("acme.lock", ""), ("main.acme", "")):
        (tmp_path / name).write_text(text)
    return tmp_path


def test_rules_shows_where_it_comes_from(copylast: Path, app: Path) -> None:
    lines = call(copylast, "rules", cwd=app).splitlines()
    (line,) = [line for line in lines if line.startswith("ACME101")]
    assert line.endswith("A command of the image that a shell starts. (acme-copylast 1.0)")
    assert [line for line in lines if line.endswith("(acme-copylast 1.0)")] == [line]
    assert "From acme-copylast 1.0." in call(copylast, "explain", "shell-starts", cwd=app)


def test_it_finds_and_fixes_and_the_built_in_rules_know_its_manager(copylast: Path, app: Path) -> None:
    found = call(copylast, "check", "--context", ".", "--format", "acme-count", cwd=app, code=1)
    assert "ACME101 1\nCPL101 1\n" in found
    call(copylast, "check", "--context", ".", "--fix", "--unsafe-fixes", cwd=app)
    text = (app / "Dockerfile").read_text()
    assert text.endswith('COPY . .\nCMD ["run", "now"]\n')
    assert text.startswith("FROM scratch\nCOPY acme.lock acme.toml ./\nRUN acme install\n")


def test_options_and_switches(copylast: Path, app: Path) -> None:
    select = ("check", "--select", "ACME", "--context", ".")
    call(copylast, *select, cwd=app, code=1)
    call(copylast, *select, "--config", "plugins.acme-copylast.shell-starts.allow=run", cwd=app)
    assert "ACME101" not in call(copylast, "rules", "--no-plugin", "acme-copylast", cwd=app)
    call(copylast, "check", "--no-plugin", "acme-copylast", "--select", "CPL9", cwd=app)
    (app / "copylast.toml").write_text("require-plugins = ['acme-copylast']\n")
    call(copylast, *select, cwd=app, code=1)
    call(copylast, "check", "--no-plugin", "acme-copylast", cwd=app, code=2)


def test_its_own_tests_pass_with_what_is_installed(copylast: Path, app: Path) -> None:
    lines = (
        "from acme_copylast.shell_starts import ShellStarts",
        "from copylast.testing import check_rule_examples",
        "check_rule_examples(ShellStarts)",
    )
    call(copylast.parent / "python", "-c", "; ".join(lines), cwd=app)


def test_a_rule_that_raises_is_named(copylast: Path, app: Path) -> None:
    site = next(copylast.parents[1].glob("lib/python*/site-packages"))
    module = site / "acme_copylast" / "shell_starts.py"
    whole = module.read_text()
    assert whole == (ROOT / "docs" / "example-plugin" / "acme_copylast" / "shell_starts.py").read_text()
    line = "words = instruction.rest.split()"
    module.write_text(whole.replace(line, f"{line}\n            raise ValueError('no way')"))
    try:
        command = [str(copylast), "check", "--context", "."]
        done = subprocess.run(command, cwd=app, env=clean(), capture_output=True, text=True)
    finally:
        module.write_text(whole)
    assert done.returncode == 2
    assert "internal error in ACME101 shell-starts (plugin acme-copylast 1.0): ValueError: no way" in done.stderr
    assert "CPL101" in done.stdout, "the other rules go on"
