"""The hooks for pre-commit: which files they take, and a real run from a git repository."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.conftest import ROOT
from tests.packaging.building import example_plugin

from copylast.engine.discover import is_dockerfile_name

HOOKS: dict[str, dict[str, Any]] = {
    hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
}
WRONG = "FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt\n"


@pytest.mark.parametrize("hook", ["copylast", "copylast-fix"])
@pytest.mark.parametrize(
    "name",
    "Dockerfile Containerfile Dockerfile.dev app.Dockerfile app.dockerfile Dockerfile-x Dockerfile_x "
    "Dockerfile.dockerignore Dockerfile.j2 Dockerfile.bak x.py mydockerfile docker-compose.yml Dockerfile.md".split(),
)
def test_hooks_take_what_discovery_takes(hook: str, name: str) -> None:
    taken = re.search(HOOKS[hook]["files"], f"a/{name}") and not re.search(HOOKS[hook]["exclude"], f"a/{name}")
    assert bool(taken) is is_dockerfile_name(name)


@pytest.mark.parametrize(
    "name", ["a/Dockerfile", ".dockerignore", "web/package.json", "go.mod", "requirements-dev.txt", "compose.prod.yaml"]
)
def test_the_context_hook_takes_manifests(name: str) -> None:
    assert re.search(HOOKS["copylast-context"]["files"], name)


def git(folder: Path, *arguments: str) -> None:
    names = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    for role in ("AUTHOR", "COMMITTER"):
        names |= {f"GIT_{role}_NAME": "test", f"GIT_{role}_EMAIL": "test@example.org"}
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, env={**os.environ, **names})


@pytest.fixture
def hooks(tmp_path: Path) -> Path:
    """A git repository with this tree in it."""
    folder = tmp_path / "hooks"
    for name in ("lint", "rules"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    for name in ("setup.cfg", "pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"):
        shutil.copy(ROOT / name, folder / name)
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "hooks")
    return folder


def test_pre_commit_rewrites_a_project(hooks: Path, tmp_path: Path) -> None:
    pytest.importorskip("pre_commit", reason="hooks are not run by pre-commit: pip install pre-commit")
    top = tmp_path / "project"
    top.mkdir()
    for name, text in (("Dockerfile", WRONG), ("requirements.txt", "flask\n"), ("app.py", "")):
        (top / name).write_text(text)
    git(top, "init", "-q")
    git(top, "add", "-A")
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment["PRE_COMMIT_HOME"] = str(tmp_path / "cache")

    def run(hook: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "pre_commit", "try-repo", str(hooks), hook, "--all-files", "--verbose"]
        return subprocess.run(command, cwd=top, env=environment, capture_output=True, text=True, timeout=600)

    first = run("copylast-fix")
    assert first.returncode == 1, first.stdout + first.stderr
    assert "files were modified by this hook" in first.stdout
    text = (top / "Dockerfile").read_text()
    assert text.index("RUN pip") < text.index("COPY . .")
    second = run("copylast")
    assert second.returncode == 0, second.stdout + second.stderr


def test_pre_commit_installs_a_plugin_beside_copylast(hooks: Path, tmp_path: Path) -> None:
    pytest.importorskip("pre_commit", reason="hooks are not run by pre-commit: pip install pre-commit")
    (tmp_path / "wheel").mkdir()
    plugin = example_plugin(tmp_path / "wheel")
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=hooks, check=True, capture_output=True, text=True)
    hook = {"id": "copylast", "additional_dependencies": [str(plugin)]}
    repo = {"repo": str(hooks), "rev": head.stdout.strip(), "hooks": [hook]}
    top = tmp_path / "project"
    top.mkdir()
    (top / ".pre-commit-config.yaml").write_text(yaml.safe_dump({"repos": [repo]}))
    (top / "Dockerfile").write_text("FROM scratch\nCMD run now\n")
    git(top, "init", "-q")
    git(top, "add", "-A")
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment["PRE_COMMIT_HOME"] = str(tmp_path / "cache")
    command = [sys.executable, "-m", "pre_commit", "run", "--all-files"]
    done = subprocess.run(command, cwd=top, env=environment, capture_output=True, text=True, timeout=600)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "ACME101 a shell starts run" in done.stdout
