"""Every block of docs/plugins.md is used: files are written, commands are run and print what the page shows."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "plugins.md").read_text("utf-8")
PLUGIN = ROOT / "docs" / "example-plugin"
BLOCKS = re.findall(r"(?ms)^```([^\n]+)\n(.*?)^```$", PAGE)
FILES = {head.partition(" file=")[2]: body for head, body in BLOCKS if " file=" in head}
LOCAL = {"latest_tag.py", "copylast.toml", "Dockerfile"}


def test_every_block_is_a_file_or_a_command() -> None:
    assert [head for head, _ in BLOCKS if " file=" not in head and head != "console"] == []
    assert len(FILES) == sum(" file=" in head for head, _ in BLOCKS)


def test_the_example_plugin_is_shown_whole_and_as_it_is() -> None:
    there = {
        path.relative_to(PLUGIN).as_posix(): path.read_text("utf-8")
        for path in PLUGIN.rglob("*")
        if path.suffix in (".py", ".toml") and not {"build", "__pycache__"} & set(path.parts)
    }
    assert {name: text for name, text in FILES.items() if name not in LOCAL} == there


def test_the_commands_print_what_is_shown(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    said: list[tuple[str, str]] = []
    shown: list[tuple[str, str]] = []
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([os.environ["PYTHONPATH"], str(tmp_path)])}
    for head, body in BLOCKS:
        if head != "console":
            path = tmp_path / head.partition(" file=")[2]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(body)
            continue
        command, _, output = body.removeprefix("$ ").partition("\n")
        words = shlex.split(command)
        program = {"copylast": ["-m", "copylast"], "python": []}[words[0]]
        run = [sys.executable, *program, *words[1:]]
        done = subprocess.run(run, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == (1 if words[:2] == ["copylast", "check"] else 0), done.stdout + done.stderr
        text = done.stdout
        if "pytest" in words:
            text = re.sub(r"(?s).*?(\d+ passed) in .*", r"\1\n", text)
        said.append((command, text))
        shown.append((command, output))
    assert said == shown
    assert len(said) >= 4


def test_every_hook_is_named() -> None:
    from copylast.rule.plugins import HOOKS

    for hook in HOOKS:
        assert f"| `{hook}()` |" in PAGE
